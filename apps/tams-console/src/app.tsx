import { Center, Loader, Stack, Text } from '@mantine/core';
import { lazy, type ReactElement, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { useEvents } from './events/use-events';
import { FileDrop } from './ingest/file-drop';
import { Shell } from './layout/shell';
import { LibraryPage } from './library/library-page';
import { ProblemAlert } from './parts/problem-alert';
import { Page } from './parts/page';
import { SignIn } from './session/sign-in';
import { SignedIn } from './session/signed-in';
import { useMe, useMissingRight } from './session/use-me';

const FlowPage = lazy(() => import('./flow/flow-page'));
const IngestPage = lazy(() => import('./ingest/ingest-page'));
const LivePage = lazy(() => import('./live/live-page'));
const SourcePage = lazy(() => import('./source/source-page'));
const WebhooksPage = lazy(() => import('./webhooks/webhooks-page'));
const StoragePage = lazy(() => import('./storage/storage-page'));
const AccessPage = lazy(() => import('./access/access-page'));
const OperationsPage = lazy(() => import('./operations/operations-page'));
const CorrelationPage = lazy(() => import('./operations/correlation-page'));
const ServicePage = lazy(() => import('./service/service-page'));

/** Who is there first, then the page they asked for. */
export function App(): ReactElement {
  return (
    <Switch>
      <Route path="/signed-in" component={SignedIn} />
      <Route>
        <Known />
      </Route>
    </Switch>
  );
}

function Known(): ReactElement {
  const { data: me, error, refetch } = useMe();
  if (me && !me.authenticated) return <SignIn />;
  if (me) return <Pages />;
  if (error)
    return (
      <Stack maw={520} mx="auto" pt="15vh" px="md">
        <ProblemAlert error={error} retry={() => void refetch()} />
      </Stack>
    );
  return (
    <Center h="60vh">
      <Loader aria-label="Loading" />
    </Center>
  );
}

function Pages(): ReactElement {
  useEvents(useMissingRight('read') === undefined);
  return (
    <Shell>
      <FileDrop />
      <Suspense fallback={<Loader aria-label="Loading" />}>
        <Switch>
          <Route path="/" component={LibraryPage} />
          <Route path="/flows/:flowId">{({ flowId }) => <FlowPage key={flowId} flowId={flowId} />}</Route>
          <Route path="/sources/:sourceId">{({ sourceId }) => <SourcePage key={sourceId} sourceId={sourceId} />}</Route>
          <Route path="/ingest" component={IngestPage} />
          <Route path="/live" component={LivePage} />
          <Route path="/webhooks" component={WebhooksPage} />
          <Route path="/storage" component={StoragePage} />
          <Route path="/access" component={AccessPage} />
          <Route path="/operations" component={OperationsPage} />
          <Route path="/operations/*">
            {({ '*': correlationId }) => <CorrelationPage key={correlationId} correlationId={correlationId} />}
          </Route>
          <Route path="/service" component={ServicePage} />
          <Route>
            <Page title="Nothing here">
              <Text>The console has no such page.</Text>
            </Page>
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}
