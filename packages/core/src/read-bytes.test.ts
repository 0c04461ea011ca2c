import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readBytes } from './read-bytes.js'
import { sha256 } from './sha256.js'

const folder = mkdtempSync(join(tmpdir(), 'vatun read '))
const path = join(folder, 'a file.bin')
writeFileSync(path, 'abc')

let server: Server
let origin: string
beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === '/here' ? 200 : request.url === '/broken' ? 500 : 404
    response.end('abc')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

it('reads paths, file URLs, http and data URLs alike', async () => {
  const places = [path, pathToFileURL(path), pathToFileURL(path).href, `${origin}/here`, 'data:,abc']
  for (const place of places) {
    const bytes = await readBytes(place, 'test')
    expect(bytes).toEqual(new TextEncoder().encode('abc'))
    expect(await sha256(bytes)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  }
})

it('tells what is not there from what cannot be read', async () => {
  await expect(readBytes(join(folder, 'none'), 'test')).rejects.toMatchObject({ code: 'not-found' })
  await expect(readBytes(`${origin}/none`, 'test')).rejects.toMatchObject({ code: 'not-found' })
  await expect(readBytes(folder, 'test')).rejects.toMatchObject({ code: 'io' })
  await expect(readBytes(`${origin}/broken`, 'test')).rejects.toThrow(/^test: cannot read http.*: status 500$/)
  await expect(readBytes('http://127.0.0.1:1/', 'test')).rejects.toMatchObject({ code: 'io' })
})
