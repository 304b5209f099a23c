/** What the account had approved: a template message and a notice that customers may ask for. */
export const templates = [
  {
    template_id: 'ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY',
    title: 'Order shipped',
    primary_industry: 'Retail',
    deputy_industry: 'Clothing',
    content: '{{thing1.DATA}}\nOrder: {{character_string2.DATA}}\nTime: {{time3.DATA}}',
    example: 'Boots\nOrder: 4711\nTime: 2026-11-21 12:00',
  },
]

export const notices = [
  {
    priTmplId: 'VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc',
    title: 'Back in stock',
    content: 'Goods:{{thing1.DATA}}\nState:{{phrase3.DATA}}\n',
    example: 'Goods:Boots\nState:here\n',
    type: 2,
  },
]

export const placesIn = (content: string): string[] =>
  [...content.matchAll(/\{\{(\w+)\.DATA\}\}/g)].map(([, place]) => place!)
