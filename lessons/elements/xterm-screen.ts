import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';

const FONT = { least: 11, calm: 12, most: 14 };

/** What `kubectl get nodes` fills: letters shrink for it where there is little room. */
const COLUMNS = 56;

/** What `kubectl get pods -o wide` fills with a Deployment's Pods: letters shrink for it only as far as reading stays calm. */
const WIDE_COLUMNS = 112;

/** How wide a letter of most monospaced fonts is, of its height. */
const EM = 0.602;

/** What xterm keeps free for its scroll bar, and a narrow screen's margin. */
const BESIDE = 18;

/** Opens a terminal screen in an element, whose room it takes, in the page's colours. */
export function openXterm(parent: HTMLElement, label: string): Terminal {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(parent).getPropertyValue('--mono'),
    fontSize: FONT.most,
    lineHeight: 1.25,
    cursorBlink: false,
    cursorStyle: 'bar',
    cursorInactiveStyle: 'outline',
    scrollback: 5000,
    screenReaderMode: true,
    minimumContrastRatio: 4.5,
    theme: themeOf(parent),
    // A program may print a link, but a press on it goes nowhere: nothing here opens a page a container chose.
    linkHandler: { activate: () => {} },
  });
  terminal.open(parent);
  keepFitting(terminal, parent);
  terminal.textarea?.setAttribute('aria-label', label);
  refuseToAnswer(terminal);
  takeTextWithoutKeys(terminal);
  const follow = () => {
    terminal.options.theme = themeOf(parent);
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', follow);
  document.addEventListener('dd-theme', follow);
  return terminal;
}

/**
 * Takes the room that the element has, whenever that changes, or once it is in sight. xterm lays out no screen that is out of sight:
 * it would scroll one of another size as if it still had the old one, to above the end, where it stays until a key is pressed.
 */
function keepFitting(terminal: Terminal, parent: HTMLElement): void {
  const addon = new FitAddon();
  terminal.loadAddon(addon);
  // As xterm has it, which watches the same element.
  let inSight = true;
  const fit = () => {
    if (!inSight || parent.clientWidth === 0) return;
    const sizeFor = (columns: number) => Math.floor((parent.clientWidth - BESIDE) / columns / EM);
    const wide = sizeFor(WIDE_COLUMNS);
    const fitting = wide >= FONT.calm ? wide : sizeFor(COLUMNS);
    terminal.options.fontSize = Math.min(FONT.most, Math.max(FONT.least, fitting));
    addon.fit();
  };
  const sight = new IntersectionObserver((entries) => {
    inSight = entries.at(-1)!.isIntersecting;
    fit();
  });
  sight.observe(parent.querySelector('.xterm-screen')!);
  new ResizeObserver(fit).observe(parent);
  fit();
}

/**
 * A phone's suggestions, dictation and emoji pickers give text without a key. In `screenReaderMode` xterm leaves it out, since
 * what keys have typed comes by the same way, to be read out; whether a key is down tells the two apart.
 */
function takeTextWithoutKeys(terminal: Terminal): void {
  const { textarea } = terminal;
  if (textarea === undefined) return;
  let keyIsDown = false;
  textarea.addEventListener('keydown', () => {
    keyIsDown = true;
  });
  for (const type of ['keyup', 'blur']) {
    textarea.addEventListener(type, () => {
      keyIsDown = false;
    });
  }
  textarea.addEventListener('input', (event) => {
    const { data, inputType, isComposing } = event as InputEvent;
    if (data !== null && inputType === 'insertText' && !isComposing && !keyIsDown) terminal.input(data);
  });
}

/**
 * A terminal answers some escape sequences by typing. Output of a container must never type for the learner, so the
 * questions are swallowed: device attributes, status and cursor reports, mode and setting requests, colours, window sizes.
 */
function refuseToAnswer({ parser }: Terminal): void {
  for (const prefix of [undefined, '>', '='])
    parser.registerCsiHandler({ ...(prefix && { prefix }), final: 'c' }, () => true);
  for (const prefix of [undefined, '?']) {
    parser.registerCsiHandler({ ...(prefix && { prefix }), final: 'n' }, () => true);
    parser.registerCsiHandler({ ...(prefix && { prefix }), intermediates: '$', final: 'p' }, () => true);
  }
  parser.registerCsiHandler({ final: 't' }, () => true);
  parser.registerCsiHandler({ prefix: '>', final: 'q' }, () => true);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, () => true);
  parser.registerDcsHandler({ intermediates: '+', final: 'q' }, () => true);
  for (const colour of [4, 10, 11, 12]) parser.registerOscHandler(colour, () => true);
}

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

function themeOf(element: HTMLElement): ITheme {
  const style = getComputedStyle(element);
  const colour = (name: string) => resolved(element, style.getPropertyValue(name));
  const theme: ITheme = {
    background: colour('--screen'),
    foreground: colour('--screen-ink'),
    cursor: colour('--accent'),
    cursorAccent: colour('--screen'),
    selectionBackground: colour('--selection'),
  };
  for (const name of COLOURS) {
    theme[name] = colour(`--ansi-${name}`);
    theme[`bright${name[0]!.toUpperCase()}${name.slice(1)}` as keyof ITheme & `bright${string}`] = colour(
      `--ansi-${name}`,
    );
  }
  return theme;
}

/** `light-dark()` is resolved by the browser only in a real property. */
function resolved(element: HTMLElement, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
