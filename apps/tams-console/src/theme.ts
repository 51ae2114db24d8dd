import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Ours: the blue-green of tape boxes. */
const tape: MantineColorsTuple = [
  ...(['#e5f9fb', '#d0f0f4', '#a1e0e9', '#6ecfdd', '#46c1d3'] as const),
  ...(['#2db8cd', '#12a3b8', '#0a7f92', '#096d7e', '#035b6b'] as const),
];

/** Greys of the dark scheme, a little blue, so that cards and inputs belong to the page. */
const night: MantineColorsTuple = [
  ...(['#d3dae1', '#b4bdc6', '#98a2ac', '#6e7781', '#434c56'] as const),
  ...(['#323a43', '#1f252c', '#171b21', '#12161a', '#0d1013'] as const),
];

/** Fonts of the person's own system: nothing is fetched. */
export const theme = createTheme({
  colors: { tape, dark: night },
  primaryColor: 'tape',
  primaryShade: 8,
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: "Inter, ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  headings: { fontWeight: '650' },
  components: {
    // Its name is heard only where it has a role.
    Loader: { defaultProps: { role: 'status' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
  },
});

/** Secondary text readable by everybody (contrast of at least 4.5 to 1), and the colours of the timeline. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4d565f',
    '--mantine-color-body': '#fbfcfd',
    '--mantine-color-placeholder': '#626c76',
    '--timeline-surface': '#ffffff',
    '--timeline-run': '#0a7f92',
    '--timeline-thin': '#7bbcc7',
    '--timeline-edge': '#ffffff',
    '--timeline-hole': '#c2410c',
    '--timeline-mark': '#b8860b',
    '--timeline-head': '#d6336c',
    '--timeline-text': '#454d55',
    '--timeline-line': '#dfe3e7',
    '--operations-up': '#2b8a3e',
    '--operations-degraded': '#e67700',
    '--operations-down': '#c92a2a',
    '--operations-unknown': '#adb5bd',
    '--operations-line-0': '#0a7f92',
    '--operations-line-1': '#e67700',
    '--operations-line-2': '#862e9c',
    '--operations-line-3': '#c92a2a',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b2bb',
    '--mantine-color-body': '#14181d',
    '--mantine-color-placeholder': '#98a2ac',
    '--timeline-surface': '#1b2027',
    '--timeline-run': '#2aa7bb',
    '--timeline-thin': '#1d6570',
    '--timeline-edge': '#14181d',
    '--timeline-hole': '#ff8a4c',
    '--timeline-mark': '#ffd43b',
    '--timeline-head': '#ff6b9a',
    '--timeline-text': '#b4bdc6',
    '--timeline-line': '#323a43',
    '--operations-up': '#40c057',
    '--operations-degraded': '#ffa94d',
    '--operations-down': '#ff6b6b',
    '--operations-unknown': '#5c6670',
    '--operations-line-0': '#2aa7bb',
    '--operations-line-1': '#ffa94d',
    '--operations-line-2': '#cc8ae0',
    '--operations-line-3': '#ff6b6b',
  },
});
