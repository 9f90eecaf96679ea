/** Something to buy. */
export interface Print {
  readonly id: string;
  readonly title: string;
  /** What the picture shows, for those who do not see it. */
  readonly picture: string;
  readonly inks: string;
  /** Euros. */
  readonly price: number;
}

export const PRINTS: readonly Print[] = [
  {
    id: 'two-suns',
    title: 'Two Suns',
    picture: 'Two large discs, vermilion and yellow, overlap in deep red.',
    inks: 'Vermilion, sun yellow',
    price: 48,
  },
  {
    id: 'moonrise',
    title: 'Moonrise',
    picture: 'A pale disc rises behind blue bars that grow towards the foot of the sheet.',
    inks: 'Ultramarine, salmon',
    price: 42,
  },
  {
    id: 'tideline',
    title: 'Tideline',
    picture: 'Rings of teal spread from one corner and cross rings of coral from the other.',
    inks: 'Teal, coral',
    price: 54,
  },
  {
    id: 'orchard',
    title: 'Orchard',
    picture: 'Rows of green half discs, some of them turned, with three red fruits among them.',
    inks: 'Leaf green, vermilion',
    price: 36,
  },
  {
    id: 'night-market',
    title: 'Night Market',
    picture: 'A grid of windows, violet or lit in yellow, behind a yellow moon.',
    inks: 'Violet, sun yellow',
    price: 60,
  },
  {
    id: 'reeds',
    title: 'Reeds',
    picture: 'Tall rounded stems in petrol and ochre stand before each other.',
    inks: 'Petrol, ochre',
    price: 45,
  },
];

export function findPrint(id: string): Print | undefined {
  return PRINTS.find((print) => print.id === id);
}
