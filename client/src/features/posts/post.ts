/** A post as the front page lists it. `commentCount` is undefined where it isn't known. */
export interface ListedPost {
  id: string;
  title: string;
  excerpt: string;
  /** Where it was searched for: what of it was found, escaped, with the words marked. */
  excerptHtml?: string | undefined;
  tags: string[];
  createdAt: string;
  commentCount?: number | undefined;
}

/** A post to be read: `html` is sanitised where it was rendered. */
export interface ReadablePost {
  id: string;
  title: string;
  html: string;
  tags: string[];
  createdAt: string;
  excerpt: string;
  /** When it was last changed, where that is known. */
  updatedAt?: string | undefined;
  version?: number | undefined;
}
