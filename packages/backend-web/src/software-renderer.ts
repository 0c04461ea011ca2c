const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i

/** Whether the name of a WebGL renderer or WebGPU adapter is that of a program on the CPU. */
export function isSoftwareRenderer(name: string): boolean {
  return software.test(name)
}
