/** How an answer says that it is an older one (RFC 9111, and RFC 7234 for the warning, which people still look for). */
export function staleHeaders({ asOf, now }: { asOf: Date; now: Date }): { warning: string; age: string } {
  const seconds = Math.max(0, Math.floor((now.getTime() - asOf.getTime()) / 1000));
  return { warning: '110 - "Response is Stale"', age: String(seconds) };
}
