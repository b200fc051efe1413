import type { CycleState } from './cycle-state.ts';
import type { Plugin } from './framework.ts';
import type { SharedHandle } from './handle.ts';
import type { PodInfo } from './pod-info.ts';
import type { Profile } from './profile.ts';
import type { Rejection } from './rejection.ts';
import { isExpected } from './report.ts';
import { type PermitVerdict, WaitingPod } from './waiting-pods.ts';

/** Why a Pod with a reserved place does not get it after all. */
export type BindingFailure =
  | { readonly kind: 'rejected'; readonly plugin: string; readonly rejection: Rejection }
  | { readonly kind: 'error'; readonly message: string };

/**
 * The way from a reserved place to a bound Pod: Permit, PreBind, Bind, PostBind. Each may take its time; the scheduler goes
 * on with other Pods meanwhile.
 */
export class BindingCycle {
  readonly #handle: SharedHandle;
  readonly #profile: Profile;
  readonly #state: CycleState;
  readonly #info: PodInfo;
  readonly #nodeName: string;
  /** Called once. */
  readonly #end: (failure: BindingFailure | undefined) => void;

  constructor(
    handle: SharedHandle,
    profile: Profile,
    state: CycleState,
    info: PodInfo,
    nodeName: string,
    end: (failure: BindingFailure | undefined) => void,
  ) {
    this.#handle = handle;
    this.#profile = profile;
    this.#state = state;
    this.#info = info;
    this.#nodeName = nodeName;
    this.#end = end;
  }

  /** Permit belongs to the scheduling cycle: a refusal is known at once. */
  permit(): BindingFailure | undefined {
    let waiting: WaitingPod | undefined;
    for (const plugin of this.#profile.at('permit')) {
      const outcome = plugin.permit!(this.#state, this.#info, this.#nodeName);
      if (outcome === undefined) continue;
      if ('reasons' in outcome) {
        waiting?.drop();
        return { kind: 'rejected', plugin: plugin.name, rejection: outcome };
      }
      waiting ??= new WaitingPod(this.#info, this.#nodeName, (verdict) => this.#permitted(verdict));
      waiting.waitFor(this.#handle.sim, plugin.name, outcome.waitMs);
    }
    if (waiting !== undefined) this.#handle.waitingPods.add(waiting);
    else this.#handle.later(0, 'binding cycle', () => this.#preBind(0));
    return undefined;
  }

  #permitted(verdict: PermitVerdict): void {
    this.#handle.waitingPods.delete(this.#info.pod.metadata.uid);
    if (verdict === undefined) this.#handle.later(0, 'binding cycle', () => this.#preBind(0));
    else this.#end({ kind: 'rejected', ...verdict });
  }

  #preBind(index: number): void {
    const plugin = this.#profile.at('preBind')[index];
    if (plugin === undefined) {
      this.#bind();
      return;
    }
    this.#attempt(plugin, 'PreBind', () =>
      plugin.preBind!(this.#state, this.#info, this.#nodeName, (failure) => {
        if (failure === undefined) this.#preBind(index + 1);
        else if (failure instanceof Error) this.#end(errorOf(plugin, 'PreBind', failure));
        else this.#end({ kind: 'rejected', plugin: plugin.name, rejection: failure });
      }),
    );
  }

  /** Extenders come before plugins. */
  #bind(): void {
    const { extenders } = this.#handle;
    if (extenders.isEmpty) {
      this.#bindByPlugin();
      return;
    }
    const binding = extenders.bind(this.#state, this.#info.pod, this.#nodeName);
    this.#handle.run('binding cycle', binding, (bound) => {
      if (bound === undefined) this.#bindByPlugin();
      else if (bound.error !== undefined) this.#end({ kind: 'error', message: bound.error });
      else this.#bound();
    });
  }

  #bound(): void {
    for (const plugin of this.#profile.at('postBind')) plugin.postBind!(this.#state, this.#info, this.#nodeName);
    this.#end(undefined);
  }

  #bindByPlugin(): void {
    for (const plugin of this.#profile.at('bind')) {
      let outcome: 'Skip' | undefined;
      try {
        outcome = plugin.bind!(this.#state, this.#info, this.#nodeName);
      } catch (error) {
        if (!isExpected(error)) throw error;
        this.#end(errorOf(plugin, 'Bind', error));
        return;
      }
      if (outcome === 'Skip') continue;
      this.#bound();
      return;
    }
    this.#end({ kind: 'error', message: 'no bind plugin took the pod' });
  }

  #attempt(plugin: Plugin, point: string, body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.#end(errorOf(plugin, point, error));
    }
  }
}

function errorOf(plugin: Plugin, point: string, error: Error): { readonly kind: 'error'; readonly message: string } {
  return { kind: 'error', message: `running ${point} plugin "${plugin.name}": ${error.message}` };
}
