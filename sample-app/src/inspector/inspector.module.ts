import { Module } from '@nestjs/common';
import { Inspector } from './inspector.js';
import { KeyAges } from './key-ages.js';

@Module({ providers: [Inspector, KeyAges], exports: [Inspector] })
export class InspectorModule {}
