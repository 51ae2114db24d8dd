/** A body that is written as JSON already, where a page is large and its items are alike. */
export class JsonText {
  constructor(readonly text: string) {}
}
