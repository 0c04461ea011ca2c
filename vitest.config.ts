import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@vatun/source'] },
  ssr: { resolve: { conditions: ['@vatun/source'] } },
  test: {
    include: ['packages/**/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
})
