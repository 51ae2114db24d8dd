import { Card, Group, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Series } from './models';
import classes from './operations.module.css';
import { writeValue } from './write-value';

const WIDTH = 300;
const HEIGHT = 70;

interface ChartProperties {
  readonly title: string;
  /** Lines in the order of their colours. */
  readonly series: readonly Series[];
  readonly names: readonly string[];
  /** Points there is room for: a line that has fewer begins further right. */
  readonly most: number;
}

/** A few lines on one scale from zero, with what they are now. */
export function Chart({ title, series, names, most }: ChartProperties): ReactElement | null {
  const [first] = series;
  if (!first) return null;
  const highest = Math.max(1e-9, ...series.flatMap(({ points }) => points.map((point) => point ?? 0)));
  const now = series.map(({ points, unit }, index) => ({
    name: names[index] ?? '',
    text: writeValue(points.at(-1) ?? null, unit),
  }));
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" gap="xs" wrap="nowrap" mb={4}>
        <Title order={3} size="h6" className="clip">
          {title}
        </Title>
        <Text size="xs" c="dimmed" className="mono">
          to {writeValue(highest <= 1e-9 ? 0 : highest, first.unit)}
        </Text>
      </Group>
      <svg
        role="img"
        aria-label={`${title}: ${now.map(({ name, text }) => `${name} ${text}`).join(', ')}`}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className={classes['chart']}
      >
        {series.map(({ name, points }, index) => (
          <path key={name} d={lineOf(points, highest, most)} data-line={index} />
        ))}
      </svg>
      <Group gap="sm" mt={4}>
        {now.map(({ name, text }, index) => (
          <Text key={name} size="xs" component="span">
            <span className={classes['key']} data-line={index} aria-hidden /> {name} <strong>{text}</strong>
          </Text>
        ))}
      </Group>
    </Card>
  );
}

/** Where nothing was measured the line breaks. */
function lineOf(points: readonly (number | null)[], highest: number, most: number): string {
  const start = most - points.length;
  let drawing = false;
  return points
    .map((point, index) => {
      if (point === null) {
        drawing = false;
        return '';
      }
      const x = ((start + index) / Math.max(1, most - 1)) * WIDTH;
      const y = HEIGHT - 1 - (point / highest) * (HEIGHT - 2);
      const command = `${drawing ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      // A single point is a dot.
      const dot = drawing ? '' : 'h0.5';
      drawing = true;
      return command + dot;
    })
    .join('');
}
