/** The scripts as functions. A command that Redis does not take is a SottoError. */
import type { Redis } from 'ioredis';
import { toClusterError } from './redis.ts';
import { SCRIPTS, type ScriptName } from './scripts.ts';

/** What Lua gives back. */
export type Answer = string | number | null | readonly Answer[];

export type CallScript = (name: ScriptName, ...args: readonly (string | number)[]) => Promise<Answer>;

/** Rejects with `cluster_unavailable`. */
export function scriptsOn(redis: Redis, prefix: string): CallScript {
  for (const [name, lua] of Object.entries(SCRIPTS))
    redis.defineCommand(commandOf(name), { numberOfKeys: 1, lua });
  const commands = redis as unknown as Readonly<Record<string, (...args: unknown[]) => Promise<Answer>>>;
  return async (name, ...args) => {
    try {
      return (await commands[commandOf(name)]?.(prefix, ...args)) ?? null;
    } catch (thrown) {
      throw toClusterError(thrown);
    }
  };
}

const commandOf = (name: string): string => `sotto_${name}`;

/** A list of what was answered; [] for anything else. */
export const listOf = (answer: Answer | undefined): readonly Answer[] =>
  Array.isArray(answer) ? answer : [];

export const textOf = (answer: Answer | undefined): string => (typeof answer === 'string' ? answer : '');

export const numberOf = (answer: Answer | undefined): number => Number(answer ?? Number.NaN);
