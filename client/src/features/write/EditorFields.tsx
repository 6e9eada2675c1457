import { useEffect, useState } from 'react';
import { keepText } from '../../browser/kept-text';
import { TextArea, TextField } from '../../components/Field';
import { faultOf } from '../../faults';
import { write } from '../../studio/words';
import { Preview } from './Preview';
import type { Editor } from './use-editor';
import styles from './WritePage.module.css';

const modes = ['text', 'both', 'preview'] as const;
type Mode = (typeof modes)[number];

const keptMode = keepText<Mode>('write-mode');
const wide = '(min-width: 64rem)';

/** Whether there is room for two columns. */
function useIsWide(): boolean {
  const [isWide, setWide] = useState(() => window.matchMedia(wide).matches);
  useEffect(() => {
    const media = window.matchMedia(wide);
    const follow = (): void => setWide(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  return isWide;
}

/** What is shown of the post: as it was chosen last on this device, as far as there is room for it. */
function useMode() {
  const isWide = useIsWide();
  const [chosen, choose] = useState<Mode>(() => keptMode.read() ?? 'both');
  return {
    mode: chosen === 'both' && !isWide ? 'text' : chosen,
    modes: modes.filter((mode) => mode !== 'both' || isWide),
    setMode(next: Mode) {
      choose(next);
      keptMode.write(next);
    },
  };
}

function Modes({ mode, modes, setMode }: ReturnType<typeof useMode>) {
  return (
    <div className={styles.modes} role="group" aria-label={write.modesLabel}>
      {modes.map((each) => (
        <button key={each} type="button" aria-pressed={mode === each} onClick={() => setMode(each)}>
          {write.modes[each]}
        </button>
      ))}
    </div>
  );
}

/** Title, text and tags, and the text as it will look. */
export function EditorFields({ editor: { typed, type, refusal } }: { editor: Editor }) {
  const shown = useMode();
  const { mode } = shown;
  return (
    <>
      <TextField
        {...{ id: 'write-title', label: write.title, value: typed.title, maxLength: 300, required: true }}
        {...{ autoComplete: 'off', fault: faultOf(refusal, 'title') }}
        onChange={(event) => type({ title: event.target.value })}
      />
      <Modes {...shown} />
      <div className={styles.panes} data-mode={mode}>
        {mode === 'preview' ? null : (
          <TextArea
            {...{ id: 'write-body', label: write.body, note: write.bodyHint, value: typed.body, rows: 18 }}
            {...{ maxLength: 200_000, fault: faultOf(refusal, 'body') }}
            onChange={(event) => type({ body: event.target.value })}
          />
        )}
        {mode === 'text' ? null : <Preview typed={typed} />}
      </div>
      <TextField
        {...{ id: 'write-tags', label: write.tags, value: typed.tags, hint: write.tagsHint, autoComplete: 'off' }}
        fault={refusal?.faults.find(({ path }) => path.startsWith('tags'))?.message}
        onChange={(event) => type({ tags: event.target.value })}
      />
    </>
  );
}
