/** `1 channel`, `3 channels`. */
export function channelsText(channels: number): string {
  return `${channels} ${channels === 1 ? 'channel' : 'channels'}`
}
