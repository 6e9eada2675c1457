import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** Under which names a process may be asked. */
export interface HostRules {
  /** The HOST that the process listens on. */
  listensOn: string;
  /** The address under which readers reach the blog: its host is a name of each process. */
  publicUrl?: string | undefined;
  /** Further names, as `hostNamesSetting` gives them. */
  allowed?: readonly string[];
}

/** Whether a process is asked under a name of its own. */
export type HostCheck = (host: string | undefined) => boolean;

/** How many accepted values of `Host` are remembered, so that each is looked at once. */
const mostRemembered = 100;
const wellFormedHost = /^(?:\[[\da-f:.]+\]|[^\s/?#@\\:[\]]+)(?::\d{0,5})?$/i;

/**
 * The name or address in a value of `Host`, in the form in which browsers write it: in lower case, Unicode as Punycode,
 * addresses in their shortest form, without port, brackets and the dot at the end. Undefined if it is none.
 */
export function hostNameIn(host: string): string | undefined {
  if (!wellFormedHost.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, '$1').replace(/(?<=.)\.$/, '');
}

const isLoopbackAddress = (name: string): boolean => isIP(name) !== 0 && /^127\.|^::1$|^::ffff:7f/.test(name);

/** Whether a name stands for this machine, whatever any name server says: `localhost`, names below it, loopback addresses. */
export function isLoopbackName(name: string): boolean {
  return isLoopbackAddress(name) || name === 'localhost' || name.endsWith('.localhost');
}

/** Whether a process with this HOST can be reached from this machine only. */
export function listensHereOnly(host: string): boolean {
  const name = hostNameIn(isIP(host) === 6 ? `[${host}]` : host);
  return name !== undefined && isLoopbackName(name);
}

function hostsFile(): string {
  const path = process.platform === 'win32' ? 'C:/Windows/System32/drivers/etc/hosts' : '/etc/hosts';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The names that a hosts file gives to a loopback address. */
export function loopbackNamesIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const isHere = isLoopbackAddress(hostNameIn(isIP(address) === 6 ? `[${address}]` : address) ?? '');
    return isHere ? names.flatMap((name) => hostNameIn(name) ?? []) : [];
  });
}

/**
 * Names that public name servers answer for nobody, so that no page of the Internet can have one of them: a single label
 * (`posts`, `event-bus-srv`), what clusters call their services, and `.internal`, which is reserved for private networks.
 * Only who runs the name server of this very network could give one to a page.
 */
function isPrivateName(name: string): boolean {
  return !name.includes('.') || /\.(?:svc|svc\.cluster\.local|internal)$/.test(name);
}

/**
 * Decides by `Host` whether a request may come in. A page of another site can have its own name resolve to this machine
 * (DNS rebinding); its browser then takes this process for that site, but goes on naming it in `Host`. So only those names
 * count that no stranger can give to a page:
 *
 *   always                        loopback names and addresses, names of private networks, the host of PUBLIC_URL, ALLOWED_HOSTS
 *   listens on this machine only  names that its hosts file gives to a loopback address: browsers look there first
 *   listens beyond it             addresses, which are resolved by nobody
 *
 * A request without `Host` is no browser's.
 */
export function createHostCheck({ listensOn, publicUrl, allowed = [] }: HostRules, hosts = hostsFile): HostCheck {
  const isHereOnly = listensHereOnly(listensOn);
  const known = new Set(allowed);
  if (publicUrl !== undefined) known.add(hostNameIn(new URL(publicUrl).host) ?? '');
  if (isHereOnly) for (const name of loopbackNamesIn(hosts())) known.add(name);
  const remembered = new Set<string>();

  function isOwn(host: string): boolean {
    const name = hostNameIn(host);
    if (name === undefined) return false;
    if (isIP(name) !== 0) return !isHereOnly || isLoopbackName(name);
    return isPrivateName(name) || isLoopbackName(name) || known.has(name);
  }

  return (host) => {
    if (host === undefined || remembered.has(host)) return true;
    if (!isOwn(host)) return false;
    if (remembered.size < mostRemembered) remembered.add(host);
    return true;
  };
}
