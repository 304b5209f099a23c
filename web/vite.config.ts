import { compileMessage } from '@lingui/message-utils/compileMessage'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** For development only: where `/api` and `/hooks` go. */
const server = process.env.PARLEY_URL ?? 'http://127.0.0.1:3000'

/** The catalogues are compiled here, so that no browser has to carry a parser for plurals. */
const catalogs: Plugin = {
  name: 'parley-catalogs',
  enforce: 'pre',
  transform(text, id) {
    if (!/\/web\/locales\/\w+\.json$/.test(id)) return null
    const entries = Object.entries(JSON.parse(text) as Record<string, string>)
    return { code: JSON.stringify(Object.fromEntries(entries.map(([key, words]) => [key, compileMessage(words)]))) }
  },
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [catalogs, react()],
  build: { outDir: '../dist/web', emptyOutDir: true, target: 'es2023' },
  server: { proxy: { '/api': { target: server, ws: true }, '/sandbox': server } },
})
