import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** For development only: where `/api` and `/hooks` go. */
const server = process.env.PARLEY_URL ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: { outDir: '../dist/web', emptyOutDir: true, target: 'es2023' },
  server: { proxy: { '/api': { target: server, ws: true }, '/sandbox': server } },
})
