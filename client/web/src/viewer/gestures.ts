// What fingers and mouse do to the picture: swipe to another, pull down to close, pinch, tap twice, shift.
//
// Of our own and not PhotoSwipe's: that counts pictures by their place in a list of known length, and here neither place
// nor length is known where one comes by a link. And it is 16 KB where this is 3.

import { Motion, Speed } from './motion';
import { around, elastic, reach, settled, WHOLE, type Point, type Size, type View } from './zoom';

/** Right is 1, left is -1, whichever of them is the next picture. */
export type Side = 1 | -1;

export interface Held {
  element: HTMLElement;
  /** How large it shows as a whole. */
  shown: Size;
  most: number;
}

export interface Hands {
  has(side: Side): boolean;
  turn(side: Side): void;
  /** The picture, where it is one that can be enlarged. */
  held(): Held | null;
  close(): void;
  /** It was pulled up. */
  raise(): void;
  /** It was touched once. */
  tap(): void;
  scaled(scale: number): void;
}

type Act = 'wait' | 'swipe' | 'pull' | 'pan' | 'pinch' | 'none';

export const GAP = 16;
const SLOP = 8;
const DOUBLE_MS = 280;
const TURN_MS = 260;
/** A film's own controls lie along its lower edge. */
const FILM_CONTROLS = 76;

export class Gestures {
  #pointers = new Map<number, Point>();
  #act: Act = 'none';
  #view: View = WHOLE;
  #start: { point: Point; view: View; apart: number } = { point: { x: 0, y: 0 }, view: WHOLE, apart: 1 };
  #offset: Point = { x: 0, y: 0 };
  #speed = new Speed();
  #motion = new Motion();
  #drawn: HTMLElement | null = null;
  #tapped: { at: number; point: Point } | null = null;
  #single = 0;

  constructor(readonly stage: HTMLElement, readonly track: HTMLElement, readonly hands: Hands) {}

  /** Listens until the answer is called. */
  listen(): () => void {
    const listening = new AbortController();
    const { signal } = listening;
    this.stage.addEventListener('pointerdown', event => this.#down(event), { signal });
    this.stage.addEventListener('pointermove', event => this.#move(event), { signal });
    this.stage.addEventListener('pointerup', event => this.#up(event), { signal });
    this.stage.addEventListener('pointercancel', event => this.#up(event), { signal });
    this.stage.addEventListener('wheel', event => this.#wheel(event), { signal, passive: false });
    return () => {
      clearTimeout(this.#single);
      listening.abort();
    };
  }

  /** Another picture shows, or the frame has another size. */
  reset(): void {
    this.#motion.finish();
    this.#view = WHOLE;
    if (this.#drawn) this.#drawn.style.transform = '';
    this.#shift({ x: 0, y: 0 });
    this.hands.scaled(1);
  }

  get scale(): number {
    return this.#view.scale;
  }

  /** Goes to the picture on a side. */
  step(side: Side): void {
    this.#motion.finish();
    if (!this.hands.has(side)) return this.#back();
    const x = -side * this.#pace;
    this.#motion.to(this.track, `translate(${x}px, 0px)`, TURN_MS, () => this.hands.turn(side));
  }

  zoomBy(factor: number, point: Point = { x: 0, y: 0 }): void {
    const held = this.hands.held();
    if (!held) return;
    this.#motion.finish();
    this.#goTo(held, around(this.#view, point, this.#view.scale * factor));
  }

  /** Shifts an enlarged picture. */
  panBy(x: number, y: number): void {
    const held = this.hands.held();
    if (held && this.#view.scale > 1) this.#goTo(held, { ...this.#view, x: this.#view.x + x, y: this.#view.y + y });
  }

  get #frame(): Size {
    return { width: this.stage.clientWidth, height: this.stage.clientHeight };
  }

  get #pace(): number {
    return this.stage.clientWidth + GAP;
  }

  #pointOf(event: MouseEvent): Point {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  }

  #down(event: PointerEvent): void {
    if ((event.pointerType === 'mouse' && event.button !== 0) || isControl(event) || this.#pointers.size > 1) return;
    this.#motion.finish();
    this.#pointers.set(event.pointerId, this.#pointOf(event));
    if (this.#pointers.size === 1) this.#begin('wait');
    else this.#beginPinch();
  }

  #begin(act: Act): void {
    const [point] = [...this.#pointers.values()];
    this.#act = act;
    this.#start = { point: point!, view: this.#view, apart: 1 };
    this.#speed.clear();
  }

  #beginPinch(): void {
    for (const id of this.#pointers.keys()) this.stage.setPointerCapture(id);
    this.#shift({ x: 0, y: 0 });
    const [one, other] = [...this.#pointers.values()] as [Point, Point];
    this.#act = this.hands.held() ? 'pinch' : 'none';
    this.#start = { point: middle(one, other), view: this.#view, apart: Math.max(1, distance(one, other)) };
  }

  #move(event: PointerEvent): void {
    if (!this.#pointers.has(event.pointerId)) return;
    const point = this.#pointOf(event);
    this.#pointers.set(event.pointerId, point);
    if (this.#act === 'pinch') return this.#pinch();
    this.#speed.put(event.timeStamp, point.x, point.y);
    const by = { x: point.x - this.#start.point.x, y: point.y - this.#start.point.y };
    if (this.#act === 'wait') {
      if (Math.hypot(by.x, by.y) < SLOP) return;
      this.stage.setPointerCapture(event.pointerId);
      this.#act = this.#choose(by);
      this.#start.point = point;
    } else {
      this.#follow(by);
    }
  }

  /** What a finger means that begins to move this way. */
  #choose(by: Point): Act {
    const sideways = Math.abs(by.x) > Math.abs(by.y);
    if (this.#view.scale <= 1) return sideways ? 'swipe' : 'pull';
    const held = this.hands.held();
    const limit = held ? reach(this.#view.scale, held.shown, this.#frame).x : 0;
    const atEdge = Math.sign(by.x) * this.#view.x >= limit - 1;
    return sideways && atEdge && this.hands.has(by.x < 0 ? 1 : -1) ? 'swipe' : 'pan';
  }

  #follow(by: Point): void {
    if (this.#act === 'swipe') {
      this.#shift({ x: this.hands.has(by.x < 0 ? 1 : -1) ? by.x : elastic(by.x, 0), y: 0 });
    } else if (this.#act === 'pull') {
      this.#shift({ x: 0, y: by.y > 0 ? by.y : elastic(by.y, 0) });
    } else if (this.#act === 'pan') {
      const held = this.hands.held();
      if (!held) return;
      const { view } = this.#start;
      const limit = reach(view.scale, held.shown, this.#frame);
      this.#draw(held, { scale: view.scale, x: elastic(view.x + by.x, limit.x), y: elastic(view.y + by.y, limit.y) });
    }
  }

  #pinch(): void {
    const held = this.hands.held();
    const [one, other] = [...this.#pointers.values()];
    if (!held || !one || !other) return;
    const { point, view, apart } = this.#start;
    const wanted = (view.scale * distance(one, other)) / apart;
    const scale = wanted < 1 ? 1 - (1 - wanted) * 0.4 : elastic(wanted, held.most);
    const now = middle(one, other);
    const turned = around(view, point, scale);
    this.#draw(held, { scale, x: turned.x + now.x - point.x, y: turned.y + now.y - point.y });
  }

  #up(event: PointerEvent): void {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#pointers.size === 1 && this.#act === 'pinch') return this.#begin('pan');
    if (this.#pointers.size > 0) return;
    const act = this.#act;
    this.#act = 'none';
    if (act === 'wait' && event.type === 'pointerup') this.#tap(event);
    else if (act === 'swipe') this.#endSwipe();
    else if (act === 'pull') this.#endPull();
    else if (act === 'pan' || act === 'pinch') this.#endShift();
  }

  #endSwipe(): void {
    const { x } = this.#offset;
    const side = x < 0 ? 1 : -1;
    const flung = Math.abs(this.#speed.x) > 0.3 && Math.sign(this.#speed.x) === -side;
    if (flung || Math.abs(x) > this.#frame.width * 0.4) this.step(side);
    else this.#back();
  }

  #endPull(): void {
    const { y } = this.#offset;
    if (y > 140 || (y > 30 && this.#speed.y > 0.5)) {
      this.#motion.to(this.track, `translate(0px, ${this.#frame.height}px)`, 180, () => this.hands.close());
      return;
    }
    if (y < -30) this.hands.raise();
    this.#back();
  }

  #endShift(): void {
    const held = this.hands.held();
    if (!held) return;
    const { x, y, scale } = this.#view;
    this.#goTo(held, { scale, x: x + this.#speed.x * 160, y: y + this.#speed.y * 160 });
  }

  #tap(event: PointerEvent): void {
    const point = this.#pointOf(event);
    const before = this.#tapped;
    clearTimeout(this.#single);
    if (before && event.timeStamp - before.at < DOUBLE_MS + 100 && distance(before.point, point) < 30) {
      this.#tapped = null;
      return this.#tapTwice(point);
    }
    this.#tapped = { at: event.timeStamp, point };
    // A mouse shows by moving what a finger shows by a touch.
    if (event.pointerType !== 'mouse') this.#single = setTimeout(() => this.hands.tap(), DOUBLE_MS);
  }

  #tapTwice(point: Point): void {
    const held = this.hands.held();
    if (!held) return;
    if (this.#view.scale > 1.01) this.#goTo(held, WHOLE);
    else this.#goTo(held, around(WHOLE, point, Math.min(held.most, 2.5)));
  }

  #wheel(event: WheelEvent): void {
    const held = this.hands.held();
    if (isControl(event) || !held) return;
    event.preventDefault();
    // Two fingers on a touchpad come as a wheel with the control key.
    if (event.ctrlKey) this.#set(held, around(this.#view, this.#pointOf(event), this.#view.scale * Math.exp(-event.deltaY / 100)));
    else if (this.#view.scale > 1) this.#set(held, { ...this.#view, x: this.#view.x - event.deltaX, y: this.#view.y - event.deltaY });
  }

  #set(held: Held, view: View): void {
    this.#motion.finish();
    this.#draw(held, settled(view, held.shown, this.#frame, held.most));
    this.hands.scaled(this.#view.scale);
  }

  #goTo(held: Held, view: View): void {
    this.#view = settled(view, held.shown, this.#frame, held.most);
    this.#drawn = held.element;
    this.hands.scaled(this.#view.scale);
    this.#motion.to(held.element, transformOf(this.#view), 240);
  }

  #draw(held: Held, view: View): void {
    this.#view = view;
    this.#drawn = held.element;
    held.element.style.transform = transformOf(view);
  }

  #back(): void {
    this.#offset = { x: 0, y: 0 };
    this.stage.style.setProperty('--pulled', '0');
    this.#motion.to(this.track, 'translate(0px, 0px)', 200);
  }

  #shift(offset: Point): void {
    this.#offset = offset;
    this.track.style.transform = offset.x || offset.y ? `translate(${offset.x}px, ${offset.y}px)` : '';
    this.stage.style.setProperty('--pulled', String(Math.min(1, Math.max(0, offset.y / 400))));
  }
}

const transformOf = ({ scale, x, y }: View): string => (scale === 1 && !x && !y ? 'none' : `translate(${x}px, ${y}px) scale(${scale})`);
const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

function isControl({ target, clientY }: MouseEvent): boolean {
  if (!(target instanceof Element) || target.closest('button, a, input, [data-control]')) return true;
  return target instanceof HTMLVideoElement && clientY > target.getBoundingClientRect().bottom - FILM_CONTROLS;
}
