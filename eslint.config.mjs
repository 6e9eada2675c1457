// The house rules that can be checked: sizes, rooms, and what TypeScript alone doesn't see. No exceptions by comment.
import { existsSync, readdirSync } from 'node:fs';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const services = ['posts', 'comments', 'query', 'moderation', 'event-bus', 'client'];
const code = ['**/*.{ts,tsx}'];
const tests = ['**/test/**', 'e2e/**'];
const pureFiles = ['domain', 'projection', 'lane', 'outcome', 'backoff'].flatMap((name) => [
  `*/src/${name}.ts`,
  `*/src/**/${name}.ts`,
]);

// ── rooms: who may import from whom

const roomsOf = (name) => (name === 'client' ? ['client/src', 'client/server'] : [`${name}/src`]);
const others = (name) => services.filter((other) => other !== name).map((other) => `./${other}`);
const featuresFolder = 'client/src/features';
const features = existsSync(featuresFolder) ? readdirSync(featuresFolder) : [];

const zones = [
  ...services.flatMap((name) =>
    roomsOf(name).map((target) => ({
      target: `./${target}`,
      from: others(name),
      message: 'Services share nothing but events: put what both need into common, or send an event.',
    })),
  ),
  {
    target: './common',
    from: services.map((name) => `./${name}`),
    message: 'What is common knows no service.',
  },
  {
    target: './common/kit',
    from: './common/contract',
    message: 'The kit knows no blog.',
  },
  {
    target: ['./event-bus/src/!(blog).ts', './event-bus/src/*/**', './event-bus/{test,example}/**'],
    from: './common/contract',
    message: 'The bus knows no blog, but for the defaults of its settings (blog.ts).',
  },
  ...['./e2e', './bench'].map((target) => ({
    target,
    from: services.map((name) => `./${name}`),
    message: 'Here we talk HTTP to real processes.',
  })),
  ...features.map((feature) => ({
    target: `./${featuresFolder}/${feature}`,
    from: `./${featuresFolder}`,
    except: [`./${feature}`],
    message: 'Features never import each other; routes compose them.',
  })),
];

// ── sizes: 50 lines a function

/** Factories (`createApp`), contract suites (`eventLogContract`) and `describe` hold many functions; they aren't long ones. */
const holdsFunctions = /^create[A-Z]|Contract$/;

const functionLines = {
  meta: { type: 'suggestion', schema: [{ type: 'integer' }] },
  create(context) {
    const [most] = context.options;
    const calleeOf = ({ parent }) =>
      parent.type === 'CallExpression' ? context.sourceCode.getText(parent.callee) : '';
    const nameOf = (node) => node.id?.name ?? node.parent.id?.name ?? node.parent.key?.name ?? '';
    const check = (node) => {
      const lines = node.loc.end.line - node.loc.start.line + 1;
      if (lines <= most || holdsFunctions.test(nameOf(node)) || calleeOf(node).startsWith('describe')) return;
      context.report({
        node,
        message: `This function has ${lines} lines; at most ${most}, so that it can be seen at once.`,
      });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

// ── words: the kit says neither post nor comment (Express's `app.post` and PostgreSQL are no blog posts)

const blogWord = '/comment|.post(?!gres)|^post(?!gres)./i';

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', '**/coverage/', 'data/', '**/*.d.cts'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs,ts,tsx,mts,cts}'],
    plugins: { house: { rules: { 'function-lines': functionLines } } },
    rules: {
      'max-lines': ['error', 250],
      'house/function-lines': ['error', 50],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: code,
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      // Without these, imported TypeScript isn't looked into, and no cycle is ever found.
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          project: 'tsconfig.check.json',
          conditionNames: ['source', 'node', 'require', 'types', 'default'],
        }),
      ],
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Factories return objects of functions without `this`; the rule takes their interfaces for classes.
      '@typescript-eslint/unbound-method': 'off',
      // An async function without await keeps a port's promise where an implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
    },
  },
  {
    files: code,
    ignores: ['**/main.ts', '**/*.config.ts', 'infra/**', 'bench/**', ...tests],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only main.ts reads the environment; take a setting instead.' },
      ],
    },
  },
  {
    files: pureFiles,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\./|\\.\\./|@blog/|zod$)|/(store|app|main|event-handlers|relay|send|stream|sqlite-[^/]*)$',
              message: 'The rules are pure: no clock, no randomness, no I/O. Pass values in.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'performance', 'crypto'],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'No clock here: take `now`.' },
        {
          selector: 'MemberExpression[object.name="Date"][property.name="now"]',
          message: 'No clock here: take `now`.',
        },
        { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'No randomness here.' },
      ],
    },
  },
  {
    files: ['common/kit/src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        // postMessage is Node's word.
        { selector: `Identifier[name=${blogWord}][name!='postMessage']`, message: 'The kit knows no blog.' },
      ],
    },
  },
  // The course's own habits.
  { files: ['e2e/harness/course/*.js'], rules: { 'prefer-const': 'off' } },
  { files: ['**/*.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
  {
    // Answers of HTTP calls are `any` there, and matchers look into them anyway.
    files: tests,
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
