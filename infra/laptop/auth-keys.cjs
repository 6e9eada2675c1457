/** The keys that sign tokens and verify them. (CommonJS, so that jest can load it too.) */
const { createPrivateKey, createPublicKey, generateKeyPairSync } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const publicText = (key) => key.export({ format: 'der', type: 'spki' }).toString('base64url');

/** A new pair, each key in one line: base64url of its DER. */
function newKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
    publicKey: publicText(publicKey),
  };
}

const keyFileOf = (dataDir) => join(dataDir, 'auth-private-key');

/** The private key that the settings name; undefined where they name none. */
function keyInSettings(env) {
  if (env.AUTH_PRIVATE_KEY) return env.AUTH_PRIVATE_KEY;
  return env.AUTH_PRIVATE_KEY_FILE ? readFileSync(env.AUTH_PRIVATE_KEY_FILE, 'utf8') : undefined;
}

/** The private key that lies in a data folder; undefined where none does. */
function keyInFolder(dataDir) {
  return existsSync(keyFileOf(dataDir)) ? readFileSync(keyFileOf(dataDir), 'utf8').trim() : undefined;
}

/** The private key of a data folder, which is made where there is none. Who may read that file may be anybody. */
function makeKeyInFolder(dataDir) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(keyFileOf(dataDir), `${newKeys().privateKey}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  return keyInFolder(dataDir);
}

function publicKeyOf(privateKey) {
  try {
    const der = Buffer.from(privateKey.replace(/-----[^-]*-----/g, ' ').trim(), 'base64');
    return publicText(createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })));
  } catch (error) {
    throw new Error('The private key (AUTH_PRIVATE_KEY, or auth-private-key in the data folder) can not be read.', {
      cause: error,
    });
  }
}

const publicKeysInSettings = (env) =>
  env.AUTH_PUBLIC_KEYS || (env.AUTH_PUBLIC_KEYS_FILE ? readFileSync(env.AUTH_PUBLIC_KEYS_FILE, 'utf8') : '');

/**
 * The settings that give processes their keys: AUTH_PRIVATE_KEY of the settings or else of the data folder, and as
 * AUTH_PUBLIC_KEYS its public one and those that are set besides. A key is made where there is none; but not where only public
 * ones are set and no client runs, as on a machine with services for a client elsewhere.
 */
function authKeys(dataDir, env, { hasClient }) {
  const others = publicKeysInSettings(env).trim();
  const given = keyInSettings(env) ?? keyInFolder(dataDir);
  if (given === undefined && others !== '' && !hasClient) return { AUTH_PUBLIC_KEYS: others };
  const privateKey = given ?? makeKeyInFolder(dataDir);
  return {
    AUTH_PRIVATE_KEY: privateKey,
    AUTH_PUBLIC_KEYS: [publicKeyOf(privateKey), others].filter(Boolean).join(','),
  };
}

/** The key with which a command of this machine signs. Throws where there is none, and can't be. */
function signingKey(dataDir, env) {
  const { AUTH_PRIVATE_KEY: key } = authKeys(dataDir, env, { hasClient: false });
  if (key !== undefined) return key;
  throw new Error(
    'Only public keys are set here (AUTH_PUBLIC_KEYS): make tokens where the client runs, which has the private key.',
  );
}

/** Settings without any that name keys, nor the secret of earlier versions. */
function withoutKeys(env) {
  const names = ['AUTH_PRIVATE_KEY', 'AUTH_PUBLIC_KEYS', 'AUTH_SECRET'].flatMap((name) => [name, `${name}_FILE`]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

module.exports = { newKeys, authKeys, signingKey, withoutKeys };
