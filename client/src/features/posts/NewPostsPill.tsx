import { useEffect, useState } from 'react';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { followStream } from '../../live/event-source';
import { messages } from '../../messages';
import styles from './NewPostsPill.module.css';

export interface NewPostsPillProps {
  /** The posts on this page. */
  known: string[];
  /** The time of the newest of them; posts from before it are older ones, not new. */
  newest: string;
  /** The position in the live stream up to which the page knows all posts. */
  position?: string;
}

interface Announced {
  id: string;
  createdAt: string;
}

function readAnnounced(value: unknown): Announced | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, createdAt } = value as Partial<Announced>;
  return typeof id === 'string' ? { id, createdAt: createdAt ?? '' } : undefined;
}

/** The newest posts of the read model, to find what came while nobody listened. */
async function fetchNewest(): Promise<Announced[]> {
  const response = await fetch('/api/query/posts?limit=20');
  if (!response.ok) return [];
  const posts = Object.values((await response.json()) as Record<string, unknown>);
  return posts.map(readAnnounced).filter((post) => post !== undefined);
}

/** "1 new post": leads to the list made anew. The list under the reader's eyes never moves by itself. */
export function NewPostsPill({ known, newest, position }: NewPostsPillProps) {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set<string>());
  useEffect(() => {
    const isNew = ({ id, createdAt }: Announced) => !known.includes(id) && createdAt >= newest;
    const announce = (posts: Announced[]) => {
      const ids = posts.filter(isNew).map(({ id }) => id);
      if (ids.length > 0) setFresh((before) => new Set([...before, ...ids]));
    };
    return followStream(
      { path: '/api/query/stream', position },
      {
        onState: () => undefined,
        onGap: () => void fetchNewest().then(announce, () => undefined),
        onEvent: (type, data) => {
          const post = type === 'post' ? readAnnounced(data) : undefined;
          if (post) announce([post]);
        },
      },
    );
  }, [known, newest, position]);
  return (
    <div className={styles.place} role="status">
      {fresh.size > 0 ? (
        <a className="button" data-pill href="/">
          <Icon of={icons.arrowUp} /> {messages.front.newPosts(fresh.size)}
        </a>
      ) : null}
    </div>
  );
}
