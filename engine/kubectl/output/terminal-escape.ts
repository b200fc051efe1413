/**
 * Makes text from the cluster harmless on a terminal. The real kubectl replaces the same two characters:
 * k8s.io/cli-runtime/pkg/printers/terminal.go.
 */
export function escapeTerminal(text: string): string {
  return text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');
}
