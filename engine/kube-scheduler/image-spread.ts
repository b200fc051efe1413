import type { Node } from '../api/kinds.ts';
import type { NodeInfo } from './node-info.ts';

/** An image and the nodes that have it. */
export interface ImageSpread {
  readonly bytes: number;
  readonly nodes: Set<NodeInfo>;
}

/** Which node has which images, by every name an image has, from the nodes' `status.images`. */
export class ImageTable {
  readonly #images = new Map<string, ImageSpread>();

  get(name: string): ImageSpread | undefined {
    return this.#images.get(name);
  }

  update(info: NodeInfo, previous: Node | undefined, node: Node | undefined): void {
    const before = previous?.status?.images;
    const after = node?.status?.images;
    if (before === after) return;
    for (const { names = [] } of before ?? []) {
      for (const name of names) {
        const spread = this.#images.get(name);
        spread?.nodes.delete(info);
        if (spread?.nodes.size === 0) this.#images.delete(name);
      }
    }
    for (const { names = [], sizeBytes = 0 } of after ?? []) {
      for (const name of names) {
        const spread = this.#images.get(name);
        if (spread === undefined) this.#images.set(name, { bytes: sizeBytes, nodes: new Set([info]) });
        else spread.nodes.add(info);
      }
    }
  }
}
