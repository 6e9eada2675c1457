/** Where the posts with a tag are listed. */
export function tagPath(tag: string): string {
  return `/?${new URLSearchParams({ tag })}`;
}
