/** Why a file or folder cannot be read, in words. */
export function describeIoError(cause: unknown, what: 'file' | 'folder'): string {
  const { code, message } = cause as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return `no such ${what}`
    case 'ENOTDIR':
      return 'it is not a folder'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
    case 'EPERM':
      return 'access is denied'
    case 'ELOOP':
      return 'its links lead in a circle'
    default:
      return message
  }
}
