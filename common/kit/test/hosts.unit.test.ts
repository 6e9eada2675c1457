import { createHostCheck, listensHereOnly } from '../src';
import { hostNameIn } from '../src/doors/hosts';

const noHostsFile = (): string => '';
const check = (listensOn: string, more: Parameters<typeof createHostCheck>[0] | object = {}, hosts = noHostsFile) =>
  createHostCheck({ listensOn, ...more }, hosts);

const loopbackNames = [
  'localhost',
  'localhost:4005',
  'LOCALHOST',
  'localhost.',
  '127.0.0.1:4005',
  '127.1.2.3',
  '[::1]:80',
];
const names = ['event-bus-srv:4005', 'posts', 'comments-srv.default.svc', 'query-srv.blog.svc.cluster.local:4002'];
const addresses = ['10.244.0.7:4001', '192.168.1.7', '[fd00::7]:4000'];
const foreign = [
  'evil.example',
  'evil.example:4005',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '127.0.0.1.nip.io:4000',
  'evillocalhost.example',
  'evil-localhost.example',
  'svc.cluster.local.evil.example',
  'evil.svc.cluster.local.example',
  'posts.default',
  'localhost@evil.example',
  'evil.example/localhost',
  'evil.example#localhost',
  'localhost evil.example',
  'localhost:x',
  '[::1].evil.example',
  'xn--',
  '',
];

describe('A process that listens on this machine only', () => {
  it.each([...loopbackNames, ...names])('is asked as %s', (host) => {
    for (const listensOn of ['localhost', '127.0.0.1', '::1']) expect(check(listensOn)(host)).toBe(true);
  });

  it.each([...foreign, ...addresses, '0.0.0.0:4005'])('is not asked as %s', (host) => {
    expect(check('localhost')(host)).toBe(false);
  });

  it('is asked by names that the hosts file of its machine gives to a loopback address, and by no others of it', () => {
    const hosts = '# 127.0.0.1 not.here\n127.0.0.1\tlocalhost posts.com # my.own\n::1 six.test\n10.0.0.1 ten.test\n';
    const isOwn = check('localhost', {}, () => hosts);
    expect(['posts.com', 'Six.test:4005'].map(isOwn)).toEqual([true, true]);
    expect(['not.here', 'my.own', 'ten.test'].map(isOwn)).toEqual([false, false, false]);
  });
});

describe('A process that listens beyond this machine', () => {
  it.each([...loopbackNames, ...names, ...addresses, 'host.docker.internal:4005'])('is asked as %s', (host) => {
    for (const listensOn of ['0.0.0.0', '::', '10.244.0.7']) expect(check(listensOn)(host)).toBe(true);
  });

  it.each(foreign.filter((host) => host.includes('.') || host === '' || /\W/.test(host)))(
    'is not asked as %s',
    (host) => {
      expect(check('0.0.0.0')(host)).toBe(false);
    },
  );
});

describe('Every process', () => {
  it.each(['localhost', '0.0.0.0'])(
    'that listens on %s is asked by the name of PUBLIC_URL and those of ALLOWED_HOSTS',
    (host) => {
      const isOwn = check(host, { publicUrl: 'https://Bücher.example:8443', allowed: ['posts.com'] });
      expect(['xn--bcher-kva.example', 'bücher.example:3000', 'posts.com', 'POSTS.com.:80'].map(isOwn)).toEqual(
        Array(4).fill(true),
      );
      expect(['www.posts.com', 'posts.com.evil.example', 'evil.example'].map(isOwn)).toEqual([false, false, false]);
    },
  );

  it('answers without Host, which no browser leaves out', () => {
    expect(check('localhost')(undefined)).toBe(true);
  });

  it('remembers no name that is not its own, and not more names than it may', () => {
    const isOwn = check('0.0.0.0');
    for (let n = 0; n < 1_000; n += 1) expect(isOwn(`name-${n}`)).toBe(true);
    expect(isOwn('evil.example')).toBe(false);
    expect(isOwn('evil.example')).toBe(false);
  });
});

it.each([
  ['Posts.COM:80', 'posts.com'],
  ['[::0001]:1', '::1'],
  ['0x7f.1', '127.0.0.1'],
  ['a b', undefined],
  ['a,b', 'a,b'],
])('the name in %s is %s', (host, name) => {
  expect(hostNameIn(host)).toBe(name);
});

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.5.0.1', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.7', false],
])('HOST=%s: on this machine only is %s', (host, isHere) => {
  expect(listensHereOnly(host)).toBe(isHere);
});
