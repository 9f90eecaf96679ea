#!/usr/bin/env node
import { runCommand } from './command/run-command.js';

const { argv, env, stdin, stdout, stderr } = process;
// Not `exitCode`: what the application has left open must not keep a command that is done from ending.
process.exit(await runCommand(argv.slice(2), { input: stdin, output: stdout, errors: stderr, environment: env }));
