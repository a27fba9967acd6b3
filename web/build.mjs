// Builds the browser's files: node build.mjs OUT_DIR → OUT_DIR/{jingjian.css,jingjian.js,charts.js,worker.js}, minified.
// Packages come from package-lock.json (npm ci) when they are not there yet or belong to another lock file; nothing is
// fetched otherwise. Run by meson; same input, same bytes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));

/** Packages of exactly this lock file; two builds of one checkout at once wait for one another. */
function install() {
  const modules = join(here, 'node_modules');
  const stamp = join(modules, '.lock-digest');
  const digest = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).digest('hex');
  const ready = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  const busy = join(here, '.npm-busy');

  while (!ready()) {
    try {
      mkdirSync(busy);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      let age = 0;
      try { age = Date.now() - statSync(busy).mtimeMs; } catch { /* just released */ }
      if (age > 600_000) rmdirSync(busy); // left behind by a build that was killed
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      continue;
    }
    try {
      // An office's own certificate authority stands in the system's list, which node does not read by itself.
      const env = { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt', ...process.env };
      const npm = spawnSync('npm', ['ci', '--prefer-offline', '--loglevel=error'], { cwd: here, env, stdio: ['ignore', 2, 2] });
      if (npm.status !== 0) {
        console.error('web: `npm ci` failed; packages are needed once, to build style sheet and scripts');
        process.exitCode = 1;
        return false;
      }
      writeFileSync(stamp, digest);
    } finally {
      rmdirSync(busy);
    }
  }
  return true;
}

if (install()) {
  const { build } = await import('esbuild');
  // Offices run browsers that are years old; esbuild rewrites newer syntax for them.
  const common = {
    absWorkingDir: here, bundle: true, minify: true, legalComments: 'none', charset: 'utf8', logLevel: 'warning',
    target: ['chrome80', 'edge80', 'firefox78', 'safari13'],
  };
  await build({ ...common, entryPoints: ['css/jingjian.css'], outfile: join(out, 'jingjian.css') });
  await build({ ...common, entryPoints: ['js/jingjian.js', 'js/charts.js', 'js/worker.js'], outdir: out, format: 'iife' });
}
