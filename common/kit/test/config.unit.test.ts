import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  ConfigError,
  portSetting,
  processSettings,
  publicUrlSetting,
  readConfig,
  secretsSetting,
  urlListSetting,
  urlSetting,
} from '../src';

const schema = z.object({
  PORT: portSetting(4000),
  EVENT_BUS_URL: urlSetting('http://127.0.0.1:4005'),
  COMMENTS_URLS: urlListSetting(['http://127.0.0.1:4001']),
  BUS_SECRET: secretsSetting,
  NAME: z.string(),
});

function faultsOf(env: Record<string, string | undefined>): string {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
}

describe('readConfig', () => {
  it('takes what is set, and the defaults for what is not', () => {
    expect(readConfig(schema, { NAME: 'posts', PORT: '0', EVENT_BUS_URL: 'https://bus.example/' })).toEqual({
      PORT: 0,
      EVENT_BUS_URL: 'https://bus.example',
      COMMENTS_URLS: ['http://127.0.0.1:4001'],
      BUS_SECRET: [],
      NAME: 'posts',
    });
  });

  it('counts an empty value as absent', () => {
    expect(readConfig(schema, { NAME: 'posts', PORT: '', BUS_SECRET: '' }).PORT).toBe(4000);
    expect(faultsOf({ NAME: '' })).toBe('NAME: missing');
  });

  it('lists everything that is wrong at once', () => {
    const faults = faultsOf({ PORT: 'http', EVENT_BUS_URL: 'ftp://bus' });
    expect(faults).toBe('PORT: not a number; EVENT_BUS_URL: not an http(s) URL; NAME: missing');
  });

  it.each([
    ['4000.5', 'not a whole number'],
    ['-1', 'not a port'],
    ['65536', 'not a port'],
    ['4000 4001', 'not a number'],
  ])('refuses %j as a port', (PORT, fault) => {
    expect(faultsOf({ NAME: 'x', PORT })).toBe(`PORT: ${fault}`);
  });

  it('reads lists, and says of a wrong entry what is wrong with it', () => {
    const COMMENTS_URLS = 'http://a:1/, http://b:2';
    expect(readConfig(schema, { NAME: 'x', COMMENTS_URLS }).COMMENTS_URLS).toEqual(['http://a:1', 'http://b:2']);
    expect(faultsOf({ NAME: 'x', COMMENTS_URLS: 'http://a:1,b' })).toBe('COMMENTS_URLS.1: not an http(s) URL');
    expect(faultsOf({ NAME: 'x', BUS_SECRET: 'short' })).toBe(
      'BUS_SECRET.0: a secret must have at least 16 characters',
    );
  });

  it('keeps a process on the loopback address unless it is told otherwise', () => {
    const settings = z.object(processSettings(4001));
    expect(readConfig(settings, {})).toEqual({ PORT: 4001, HOST: 'localhost', LOG_LEVEL: 'info' });
    expect(() => readConfig(settings, { LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL: ');
  });
});

describe('PUBLIC_URL', () => {
  const settings = z.object({ PUBLIC_URL: publicUrlSetting });

  it.each(['https://blog.example', 'https://blog.example/', 'http://Blog.example:8080'])('may be %j', (PUBLIC_URL) => {
    expect(readConfig(settings, { PUBLIC_URL }).PUBLIC_URL).toBe(PUBLIC_URL.replace(/\/$/, ''));
  });

  it.each([
    'https://blog.example/blog',
    'https://blog.example/?a=b',
    'https://blog.example/#a',
    'https://u:p@blog.example',
  ])('is refused where it is %j, as nothing is served below a path', (PUBLIC_URL) => {
    expect(() => readConfig(settings, { PUBLIC_URL })).toThrow(
      'PUBLIC_URL: must be an address without a path, as https://blog.example',
    );
  });
});

describe('settings in files', () => {
  let folder: string;
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blog-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads a setting from the file that <name>_FILE names, without the line break at its end', () => {
    const env = { NAME_FILE: write('name', 'posts\n'), BUS_SECRET_FILE: write('secret', `${'s'.repeat(20)}\r\n`) };
    expect(readConfig(schema, env)).toMatchObject({ NAME: 'posts', BUS_SECRET: ['s'.repeat(20)] });
  });

  it('counts an empty file, and an empty name of a file, as absent', () => {
    expect(faultsOf({ NAME_FILE: write('name', '\n') })).toBe('NAME: missing');
    expect(readConfig(schema, { NAME: 'posts', NAME_FILE: '' }).NAME).toBe('posts');
  });

  it('names the setting whose file cannot be read, beside all else that is wrong', () => {
    expect(faultsOf({ PORT: 'http', NAME_FILE: join(folder, 'nothing') })).toBe(
      'NAME_FILE: cannot be read (ENOENT); PORT: not a number',
    );
    expect(faultsOf({ NAME_FILE: folder })).toBe('NAME_FILE: cannot be read (EISDIR)');
  });

  it('refuses a setting that is there twice: nobody could tell which one counts', () => {
    expect(faultsOf({ NAME: 'posts', NAME_FILE: write('name', 'query') })).toBe(
      'NAME_FILE: NAME is set too; set one of them',
    );
  });

  it('says of a wrong value from a file what is wrong, and never the value', () => {
    expect(faultsOf({ NAME: 'x', BUS_SECRET_FILE: write('secret', 'short') })).toBe(
      'BUS_SECRET.0: a secret must have at least 16 characters',
    );
  });
});
