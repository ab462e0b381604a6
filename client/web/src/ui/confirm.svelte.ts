// Asks before something that is not easily undone.

import { sessionEvents } from '../api/session';

export interface Question {
  title: string;
  text: string;
  /** What the button says that does it. */
  yes: string;
}

interface Asked extends Question {
  answer: (yes: boolean) => void;
}

class Confirm {
  asked: Asked | null = $state.raw(null);

  ask(question: Question): Promise<boolean> {
    this.asked?.answer(false);
    return new Promise(resolve => {
      this.asked = {
        ...question,
        answer: yes => {
          this.asked = null;
          resolve(yes);
        },
      };
    });
  }
}

export const confirmation = new Confirm();
// Whoever comes next was not asked.
sessionEvents.addEventListener('ended', () => confirmation.asked?.answer(false));
export const confirm = (question: Question): Promise<boolean> => confirmation.ask(question);
