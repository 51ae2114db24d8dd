import { Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Entry } from './models';
import classes from './operations.module.css';
import { writeMilliseconds } from './write-value';

/** What work waited for, each step where it lay within it. */
export function Waterfall({ entry }: { readonly entry: Entry }): ReactElement {
  const { steps, duration_ms: whole, steps_omitted: omitted } = entry;
  if (steps.length === 0)
    return (
      <Text size="sm" c="dimmed">
        It asked neither the metadata store nor a storage backend.
      </Text>
    );
  return (
    <Stack gap={3} component="ol" className={classes['waterfall'] ?? ''} aria-label="Steps">
      {steps.map((step, index) => {
        const duration = step.duration_ms ?? Math.max(0, whole - step.start_ms);
        const left = percent(step.start_ms, whole);
        return (
          // Steps may have the same name, and stay in their order.
          <li key={index}>
            <div className={classes['step']}>
              <span className={`clip ${classes['stepName'] ?? ''}`} title={step.name}>
                {step.name}
              </span>
              <span className={classes['track']} aria-hidden>
                <span
                  className={classes['bar']}
                  data-kind={step.kind}
                  data-failed={step.failure !== undefined}
                  style={{ left: `${left}%`, width: `${Math.min(100 - left, percent(duration, whole))}%` }}
                />
              </span>
              <span className={`mono ${classes['took'] ?? ''}`}>
                {writeMilliseconds(duration)}
                {step.duration_ms === undefined && '…'}
              </span>
            </div>
            {(step.failure ?? step.waits_for) !== undefined && (
              <Text size="sm" pl="sm" className={classes['words'] ?? ''}>
                {step.failure !== undefined && <>failed: {step.failure}. </>}
                {step.waits_for !== undefined && (
                  <>
                    {step.duration_ms === undefined ? 'Waits' : 'Waited'} for <strong>{step.waits_for}</strong>
                  </>
                )}
              </Text>
            )}
          </li>
        );
      })}
      {omitted !== undefined && (
        <li>
          <Text size="xs" c="dimmed">
            {omitted} more steps in the middle are not remembered.
          </Text>
        </li>
      )}
    </Stack>
  );
}

function percent(part: number, whole: number): number {
  return Math.min(100, (part / Math.max(whole, 0.001)) * 100);
}
