import { tagLines, tagsFrom } from './tag-lines';

describe('tags as text', () => {
  const tags = { programme: 'News: at six', people: ['Anna', 'Ben'], flow_status: '' };

  it('go there and back, values with colons and lists too', () => {
    expect(tagLines(tags)).toBe('programme: News: at six\npeople: Anna, Ben\nflow_status: ');
    expect(tagsFrom(tagLines(tags), tags)).toEqual(tags);
  });

  it('may be added and left out', () => {
    expect(tagsFrom('\nnew: a, b\n', tags)).toEqual({ new: 'a, b' });
  });

  it('are refused when a line has no name', () => {
    expect(() => tagsFrom('programme', {})).toThrow('“programme” is no tag');
    expect(() => tagsFrom(': x', {})).toThrow('is no tag');
  });
});
