/** @jest-environment jsdom */
import { fireEvent, render } from '@testing-library/react/pure';
import { enhanceShortcuts } from '../src/features/shortcuts/shortcuts';
import { Shortcuts } from '../src/features/shortcuts/Shortcuts';

const showModal = jest.fn();
let dialog: HTMLDialogElement;

beforeAll(() => {
  localStorage.clear();
  HTMLDialogElement.prototype.showModal = showModal;
  render(
    <>
      <input id="search" />
      <article id="c-a" tabIndex={-1} />
      <article id="c-b" tabIndex={-1}>
        <button>inside</button>
      </article>
      <button data-shortcuts="" hidden />
      <Shortcuts />
    </>,
  );
  HTMLElement.prototype.scrollIntoView = jest.fn();
  dialog = document.querySelector('dialog') as HTMLDialogElement;
  enhanceShortcuts();
});
beforeEach(() => {
  showModal.mockClear();
  (document.activeElement as HTMLElement).blur();
});
const press = (key: string, more = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const focused = () => document.activeElement?.id;

describe('Shortcuts', () => {
  it('are listed by ?, and by a button that is there where scripts are', () => {
    press('?');
    expect(showModal).toHaveBeenCalledTimes(1);
    const button = document.querySelector('[data-shortcuts]') as HTMLButtonElement;
    expect(button.hidden).toBe(false);
    fireEvent.click(button);
    expect(showModal).toHaveBeenCalledTimes(2);
  });

  it('step through comments and lead to the search', () => {
    press('j');
    expect(focused()).toBe('c-a');
    press('j');
    expect(focused()).toBe('c-b');
    press('k');
    expect(focused()).toBe('c-a');
    press('/');
    expect(focused()).toBe('search');
  });

  it('never count in fields, with Ctrl, or where there is nothing for them', () => {
    document.getElementById('search')?.focus();
    expect(press('j')).toBe(true);
    expect(press('?')).toBe(true);
    expect(focused()).toBe('search');
    (document.activeElement as HTMLElement).blur();
    expect(press('?', { ctrlKey: true })).toBe(true);
    expect(press('u')).toBe(true);
    expect(showModal).not.toHaveBeenCalled();
  });

  it('can be switched off, for good', () => {
    fireEvent.click(dialog.querySelector('input') as HTMLInputElement);
    expect(press('?')).toBe(true);
    expect(press('j')).toBe(true);
    expect(localStorage.getItem('shortcuts')).toBe('off');
    fireEvent.click(dialog.querySelector('input') as HTMLInputElement);
    press('?');
    expect(showModal).toHaveBeenCalledTimes(1);
  });
});

describe('The list of shortcuts', () => {
  it('is that of its page', () => {
    const { getByText, queryByText } = render(<Shortcuts keys={[['a', 'Approve']]} />);
    getByText('Approve');
    expect(queryByText('Approve')?.closest('dl')?.textContent).toBe('?This listaApprove');
  });
});
