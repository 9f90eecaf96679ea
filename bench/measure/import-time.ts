// Prints how many milliseconds it takes to import the packages named, where Nest is there already.
import { performance } from 'node:perf_hooks';
import 'reflect-metadata';
import 'rxjs';
import '@nestjs/common';
import '@nestjs/core';
import '@nestjs/platform-express';

const start = performance.now();
for (const name of process.argv.slice(2)) await import(name);
console.log(performance.now() - start);
