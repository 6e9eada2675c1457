/** A path of this site, from a form or a query: never another site's address. */
export function ownPath(back: string | undefined): string {
  return back !== undefined && /^\/(?![/\\])/.test(back) && !/[\r\n\t]/.test(back) ? back : '/';
}
