import type { ClusterInput } from '@drydock/engine';

/**
 * What an offer would do, a step each, as the learner reads it before taking it. What was typed into one terminal is one
 * step, however many keys it took; keys that are no text are left to the imagination.
 */
export function offerSteps(inputs: readonly ClusterInput[]): readonly string[] {
  const steps: { readonly terminal?: string; text: string }[] = [];
  for (const input of inputs) {
    const last = steps.at(-1);
    if (input.kind === 'terminal.input' && last !== undefined && last.terminal === input.terminal) {
      last.text += keys(input.text);
    } else if (input.kind === 'terminal.input') {
      steps.push({ terminal: input.terminal, text: keys(input.text) });
    } else if (!input.kind.startsWith('terminal.')) {
      steps.push({ text: described(input) });
    }
  }
  return steps.map(({ text }) => text.trimEnd());
}

/** A line each for what was entered. */
function keys(text: string): string {
  return text.replace(/\r\n?|\n/g, '⏎\n').replace(/[\x00-\x09\x0b-\x1f\x7f]/g, '·');
}

function described(input: ClusterInput): string {
  switch (input.kind) {
    case 'file.write':
      return `${input.path}:\n${input.text}`;
    case 'file.delete':
      return `rm ${input.path}`;
    case 'run':
      return input.argv.join(' ');
    default:
      return JSON.stringify(input);
  }
}
