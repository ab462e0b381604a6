import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Somewhere off UTC, so that a clock on the wall and an instant are told apart.
  test: { include: ['src/**/*.test.ts'], env: { TZ: 'Europe/Berlin' } },
});
