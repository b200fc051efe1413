import type { Outcome } from './peer.ts';
import type { Transaction, TreeImage, WriteRequest } from './tree.ts';

// What a follower and its leader say to each other, in Zab's order.

export type FromFollower =
  | { readonly type: 'info'; readonly id: number; readonly acceptedEpoch: number }
  | { readonly type: 'ackEpoch'; readonly id: number; readonly epoch: number; readonly zxid: number }
  | { readonly type: 'synced' }
  | { readonly type: 'ack'; readonly zxid: number }
  | { readonly type: 'ping' }
  | { readonly type: 'request'; readonly key: number; readonly request: WriteRequest };

export type FromLeader =
  | { readonly type: 'epoch'; readonly epoch: number }
  | { readonly type: 'snapshot'; readonly tree: TreeImage; readonly zxid: number }
  | { readonly type: 'upToDate' }
  | { readonly type: 'proposal'; readonly transaction: Transaction }
  | { readonly type: 'commit' }
  | { readonly type: 'ping' }
  | { readonly type: 'answer'; readonly key: number; readonly outcome: Outcome };
