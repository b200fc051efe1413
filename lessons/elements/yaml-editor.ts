import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  defaultHighlightStyle,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, type LintSource, linter, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, Prec, StateEffect } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, type ViewUpdate } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Complaint } from '../bench/complaints.ts';
import { complaintMarks } from './complaint-marks.ts';
import { type AskManifest, manifestFindings, manifestLanguage } from './manifest-language.ts';

/** An editor of one file. */
export interface TextEditor {
  readonly text: string;
  replace(text: string): void;
  /** Looks again for what is wrong, since something else than the text has changed. */
  recheck(): void;
  /** Shows a line (the first is 1), with a message if told. */
  showLine(line: number, message?: string): void;
  focus(): void;
  destroy(): void;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.content], color: 'var(--ink)' },
  { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.meta], color: 'var(--busy)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '0.875rem', backgroundColor: 'transparent', color: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--accent)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--quiet)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--wash)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selection)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line)' },
});

/** Longer than anybody waits between two keys: any other key ends it at once. */
const UNTIL_THE_NEXT_KEY_MS = 24 * 3_600_000;

/** Where Esc has nothing to close, the Tab that follows is the page's; CodeMirror itself would wait two seconds for it. */
const ESC_THEN_TAB_LEAVES = Prec.lowest(
  keymap.of([
    {
      key: 'Escape',
      run: (view) => {
        view.setTabFocusMode(UNTIL_THE_NEXT_KEY_MS);
        return true;
      },
    },
  ]),
);

const FOR_CODE = { spellcheck: 'false', tabindex: '0' };

/** What an editor of any file has. */
const ANY_TEXT = [
  lineNumbers(),
  history(),
  drawSelection(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  indentUnit.of('  '),
  EditorState.tabSize.of(2),
  syntaxHighlighting(colours),
  syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
  ESC_THEN_TAB_LEAVES,
];

/** Something else than the text has changed that findings depend on. */
const recheck = StateEffect.define<null>();

function asksToRecheck({ transactions }: ViewUpdate): boolean {
  return transactions.some(({ effects }) => effects.some((effect) => effect.is(recheck)));
}

/** What an editor of YAML has besides. */
function forManifests(findings: LintSource, ask: AskManifest): Extension[] {
  const linted = linter(findings, { delay: 400, needsRefresh: asksToRecheck });
  return [yaml(), lintGutter(), linted, manifestLanguage(ask)];
}

/** Opens an editor in an element, which what `describedBy` names says how to leave. `changed` hears of each edit by the learner; `ask` answers what the API's schema says. */
export function openEditor(
  parent: HTMLElement,
  file: { readonly name: string; readonly text: string; readonly label: string; readonly describedBy: string },
  changed: (text: string) => void,
  save: () => void,
  ask: AskManifest,
  complaints: () => readonly Complaint[],
): TextEditor {
  let loading = false;
  const saved = () => {
    save();
    return true;
  };
  const findings = async (view: EditorView) => [
    ...complaintMarks(view.state.doc.toString(), file.name, complaints()),
    ...(await manifestFindings(view, ask)),
  ];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: file.text,
      extensions: [
        ...ANY_TEXT,
        ...(/\.ya?ml$/.test(file.name) ? forManifests(findings, ask) : []),
        keymap.of([
          { key: 'Mod-s', run: saved },
          ...completionKeymap,
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          ...FOR_CODE,
          'aria-label': file.label,
          'aria-describedby': file.describedBy,
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !loading) changed(update.state.doc.toString());
        }),
        look,
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    replace(text) {
      loading = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      loading = false;
    },
    recheck: () => view.dispatch({ effects: recheck.of(null) }),
    showLine(number, message) {
      const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: line.from },
        effects: EditorView.scrollIntoView(line.from, { y: 'center' }),
      });
      if (message === undefined) return;
      const finding: Diagnostic = { from: line.from, to: line.to, severity: 'warning', message };
      view.dispatch(setDiagnostics(view.state, [finding]));
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
