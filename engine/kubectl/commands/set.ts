import type { Command } from '../command.ts';
import { setEnv } from './set-env.ts';
import { setImage } from './set-image.ts';
import { setResources } from './set-resources.ts';
import { setSelector } from './set-selector.ts';
import { setServiceAccount } from './set-serviceaccount.ts';
import { setSubject } from './set-subject.ts';

export const set: Command = {
  name: 'set',
  summary: 'Set specific features on objects',
  section: 'Basic Commands (Beginner)',
  usage: 'set SUBCOMMAND [options]',
  subcommands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
};
