import { defineConfig } from 'vitest/config';
import { SkipsReporter } from './test/skips-reporter.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A snapshot that is missing is a failure, here as in CI: golden files are written with -u only.
    update: 'none',
    reporters: ['default', new SkipsReporter()],
  },
});
