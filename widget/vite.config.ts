import { defineConfig } from 'vite'

/** One classic script, so that `<script async>` is all a site needs and its CSP names one address. */
export default defineConfig({
  root: import.meta.dirname,
  // The types are Preact's; in the bundle stands the fifth of it that the chat needs.
  resolve: { alias: [{ find: /^preact(\/jsx-runtime)?$/, replacement: `${import.meta.dirname}/render.ts` }] },
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: '../dist/widget',
    emptyOutDir: true,
    target: 'es2023',
    // The oldest browsers with color-mix(); for older targets colours would be written twice.
    cssTarget: ['chrome123', 'safari17.5', 'firefox121'],
    lib: { entry: 'main.ts', formats: ['iife'], name: 'parleyWidget', fileName: () => 'widget.js' },
  },
})
