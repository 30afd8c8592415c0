import type { Component } from '../core/component.ts';
import type { openKeeping } from '../logs/keeping/trail.ts';

/** A component with what becomes of the lines that it writes: file, rotation, shipping. */
export const withTrails = (
  component: Component,
  keeping: ReturnType<typeof openKeeping>,
): Component => ({
  ...component,
  logs: component.logs.map(log =>
    log.sink === undefined || log.emitted === 'off'
      ? log
      : { ...log, trail: keeping.trailOf(log.sink, component.platform) },
  ),
});
