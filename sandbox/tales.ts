import type { Picture } from './pictures.ts'

/** What the business says in the story; `picture` becomes an uploaded image. */
export type Line = { text: string } | { ask: string; choices: string[] } | { picture: Picture; caption: string }

/** One thing that happens on one phone. `picks` presses the button with these words, or says them. */
export type Step =
  | { says: string; subject?: string }
  | { shows: Picture; caption?: string }
  | { opens: true }
  | { hears: Line }
  | { picks: string }

const ask = (question: string, ...choices: string[]): Step => ({ hears: { ask: question, choices } })
const hear = (text: string): Step => ({ hears: { text } })
const say = (says: string): Step => ({ says })

const tales: Record<string, Step[]> = {
  whatsapp: [
    say('Hei! Could you make a rye layer cake for Saturday?'),
    { hears: { picture: 'cake', caption: 'With pleasure! This is the one from last week.' } },
    ask('Which filling would you like?', 'Lingonberry cream', 'Cloudberry', 'Ask a baker'),
    { picks: 'Lingonberry cream' },
    hear('Lovely. Saturday at 10:30 in Töölö, €64.00.'),
    say('Kiitos! May I collect at 10 instead?'),
  ],
  telegram: [
    { opens: true },
    ask(
      'Здравствуйте, Дмитрий! Это пекарня Rowan & Rye. Что вам подсказать?',
      'Хлеб сегодня',
      'Заказать торт',
      'Где мы находимся',
    ),
    { picks: 'Хлеб сегодня' },
    say('А бородинский без солода бывает?'),
    { hears: { picture: 'ring', caption: 'Без солода печём ржаной на закваске, по средам и субботам' } },
    say('Отложите два, пожалуйста 🙏'),
  ],
  viber: [
    say('Päivää! Onko korvapuusteja vielä jäljellä?'),
    hear('On! Neljätoista on vielä uunilämpimiä.'),
    { shows: 'rolls', caption: 'Näitäkö?' },
    ask('Juuri niitä. Milloin noudatte?', 'Tänään klo 18', 'Huomenna klo 7.30', 'Soittakaa'),
  ],
  messenger: [
    say('Hi! My sister in Helsinki turns 30 on Friday. Can I order a cake for her from Manila?'),
    ask('Of course, Liza! Which one shall we bake?', 'Rye layer cake', 'Cardamom ring'),
    { picks: 'Cardamom ring' },
    hear('Good choice. Send us her address, and we deliver on Friday before noon.'),
    say('Salamat po! One moment.'),
  ],
  instagram: [
    { shows: 'rolls' },
    say('Saw these in your story. I’m flying in from Chicago next week, do they sell out?'),
    hear('By two in the afternoon, mostly. Shall we put four aside for you?'),
    say('Yes please ❤️'),
  ],
  vk: [
    say('Добрый день! Мы будем в Хельсинки в субботу. Вы открыты?'),
    ask('Добрый день, Анна! Да, с 8 до 15. Отложить вам что-нибудь?', 'Ржаной хлеб', 'Булочки', 'Спасибо, не нужно'),
    { picks: 'Булочки' },
    hear('Отложим шесть булочек с кардамоном до часу дня.'),
    say('Спасибо! Приедем к полудню.'),
  ],
  ok: [
    say('Здравствуйте. А рецепт закваски вы не дадите?'),
    hear('Здравствуйте, Галина! Рецепт — нет, а саму закваску отдаём даром, приходите с баночкой.'),
    say('Вот это по-нашему 👍'),
  ],
  max: [
    { opens: true },
    ask('Здравствуйте, Илья! Чем помочь?', 'Сделать заказ', 'Часы работы'),
    { picks: 'Часы работы' },
    hear('По будням с 7 до 18, в субботу с 8 до 15.'),
    say('Тогда заеду завтра в семь.'),
  ],
  line: [
    say('こんにちは。来週ヘルシンキに行きます。シナモンロールは予約できますか？'),
    ask('こんにちは！ご予約いただけます。何個ご用意しましょうか？', '2個', '4個', '6個'),
    { picks: '4個' },
    hear('かしこまりました。火曜日の朝9時からお渡しできます。'),
    say('ありがとうございます！楽しみにしています。'),
  ],
  wechat: [
    say('你好！我们周五到赫尔辛基，可以预订黑麦蛋糕吗？'),
    hear('您好！当然可以。请问几位用？'),
    say('六位，不要太甜。'),
    hear('没问题，周五下午三点可以取。'),
    say('太好了，谢谢！'),
  ],
  wecom: [
    say('您好，公司下周开会，想订二十份早餐面包。'),
    hear('您好，陈先生！早上七点半送到可以吗？'),
    say('可以，请开发票。'),
  ],
  twilio: [
    say('Hi, this is Marcus from the Chicago office. Is our order for the fair on track?'),
    hear('Hello Marcus! 120 rolls leave the oven on Thursday at 5.'),
    say('Perfect, thanks.'),
  ],
  vonage: [
    say('Do you ship rye bread to the US?'),
    hear('Not yet, Grace. It is best on the day it is baked.'),
    say('Fair enough. See you in Helsinki!'),
  ],
  smpp: [
    say('Good day, is the bakery open on Independence Day?'),
    hear('Good day! On 6 December from 9 to 13, with blue and white cakes.'),
    say('Noted, salamat.'),
  ],
  'sms-gateway': [
    say('Moi! Jäikö lompakkoni teille eilen?'),
    hear('Moi Tuomas! Jäi, se odottaa kassalla.'),
    say('Huh, kiitos. Tulen viideltä.'),
  ],
  email: [
    {
      says: 'Dear Rowan & Rye,\n\nwe are twelve people and would like to book a baking class in May. Which days are free, and what does it cost?\n\nBest regards,\nEllen Brooks',
      subject: 'A baking class for twelve',
    },
    hear(
      'Dear Ellen,\n\nhow lovely! In May we have the 9th and the 23rd, from 10 to 14. It is €58 each, coffee and everything you bake included.\n\nWarm regards,\nAino',
    ),
    { says: 'The 23rd is perfect. Please book us in!\n\nEllen', subject: 'Re: A baking class for twelve' },
  ],
}

/** What happens on the phone of this messenger's first customer. */
export const taleOf = (kind: string): readonly Step[] =>
  tales[kind] ?? [say('Hello! Are you open today?'), hear('Hello! Yes, until six.')]

/** Somebody who has every messenger. The number is the same everywhere, where a network knows numbers. */
export const traveller = { name: 'Katja', phone: '358405550101', language: 'en' }

/** What she says by each messenger on her way through all of them, and what she hears. */
export const stopOf = (messenger: string): readonly Step[] => [
  { says: `Katja again, by ${messenger} this time. Is my cake still ready at ten?`, subject: 'My cake' },
  hear('Hello Katja! Yes, at ten, however you write to us.'),
]
