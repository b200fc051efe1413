import encodeQR from 'qr';
import { svg } from '../../elements/dom.ts';

/** Cameras tell a code from what is around it by so many modules of nothing. */
const QUIET_MODULES = 4;

/**
 * An address as a QR code, dark on light whatever the page's theme: many cameras read it no other way.
 *
 * @param label what it is, for those who do not see it
 */
export function joinCode(address: string, label: string): SVGElement {
  const rows = encodeQR(address, 'raw', { border: QUIET_MODULES, ecc: 'medium' });
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return svg(
    'svg',
    {
      class: 'join-code',
      viewBox: `0 0 ${rows.length} ${rows.length}`,
      role: 'img',
      'aria-label': label,
      'shape-rendering': 'crispEdges',
    },
    svg('path', { d: dark.join('') }),
  );
}
