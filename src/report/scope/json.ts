import type { ScopeReport } from '../../core/scope-report.ts';
import { safeJson } from '../plain.ts';

/** As `schemas/scope.schema.json` has it. */
export const scopeJson = (report: ScopeReport): string => `${safeJson(report, 2)}\n`;
