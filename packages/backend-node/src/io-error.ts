import { VatunError } from '@vatun/core'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk, free some and start again: what is finished is kept',
  EDQUOT: 'the disk quota is used up, free some space and start again: what is finished is kept',
  EACCES: 'access is denied, choose another folder or change its permissions',
  EPERM: 'access is denied, choose another folder or change its permissions',
  EROFS: 'the file system is read-only, choose another folder',
  ENOTDIR: 'a part of the path is a file, choose the path of a folder',
  EEXIST: 'a file has that name, choose the path of a folder',
  EMFILE: 'too many files are open, close some programs and start again',
}

/** A failed file operation as a {@link VatunError} `io` that says what to do about it. */
export function ioError(thrown: unknown, action: string, path: string): VatunError {
  if (thrown instanceof VatunError) return thrown
  const { code, message } = thrown as { code?: string; message?: string }
  const reason = (code && reasons[code]) ?? message ?? String(thrown)
  return new VatunError('io', `bundle: cannot ${action} ${path}: ${reason}`, { cause: thrown, details: { path, code } })
}

/** The promise's value, or undefined when it fails because there is no such file. */
export async function ifExists<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  })
}
