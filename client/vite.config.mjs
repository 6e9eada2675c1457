import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Keeps a CSS module that is imported for its rules alone: the classes are used by HTML that the server writes. */
function keepStyles() {
  return {
    name: 'keep-styles',
    enforce: 'post',
    transform: (code, id) =>
      id.endsWith('.module.css') ? { code, map: null, moduleSideEffects: 'no-treeshake' } : null,
  };
}

/**
 * The pages for the browser, in two builds that share nothing: so the app pages add no byte to the reader pages, nor the
 * small chunks into which a common build would fall.
 */
const pages = { reader: ['page', 'front', 'post', 'embed'], app: ['write', 'review'] };

const reactRouter = fileURLToPath(
  new URL('dist/production/index.mjs', import.meta.resolve('react-router/package.json')),
);

/** Three builds: `vite build --mode reader` and `--mode app` for the browser, `vite build --ssr` for the process that renders. */
export default defineConfig(({ isSsrBuild, mode }) => ({
  plugins: [react(), keepStyles()],
  // The shared packages are read from their source, as everywhere in development.
  resolve: {
    conditions: ['source', 'module', 'browser', 'development|production'],
    // Its package names its development build for whatever condition.
    alias: mode === 'app' ? [{ find: /^react-router$/, replacement: reactRouter }] : [],
  },
  ssr: {
    resolve: { conditions: ['source', 'node', 'module', 'development|production'] },
    external: isSsrBuild ? ['@blog/kit', '@blog/kit/rendering', '@blog/contract', '@blog/contract/address'] : [],
    // Bundled, so that the built server has React's production build whatever NODE_ENV says.
    noExternal: isSsrBuild ? ['react', 'react-dom'] : [],
  },
  define: isSsrBuild ? { 'process.env.NODE_ENV': '"production"' } : {},
  build: isSsrBuild
    ? {
        outDir: 'dist/server',
        target: 'node20',
        minify: false,
        copyPublicDir: false,
        rolldownOptions: {
          input: { main: 'server/main.ts', account: 'server/accounts/main.ts' },
          output: { format: 'cjs', entryFileNames: '[name].js' },
        },
      }
    : {
        outDir: 'dist/browser',
        // The reader pages come first.
        emptyOutDir: mode === 'reader',
        manifest: `.vite/${mode}.json`,
        modulePreload: { polyfill: false },
        // light-dark() as it is: rewritten for older browsers it would no longer follow the theme choice.
        cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
        rolldownOptions: { input: pages[mode]?.map((name) => `src/entries/${name}.ts`) },
      },
}));
