// Fields of a form. What is wrong with one is said beside it, and the first of them takes the
// focus, so that it is read out.

import type { ComponentChildren, JSX, Ref } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { countChars, line, tidy } from "../kind/text.ts";
import { words } from "../words.ts";

/** As long as a name may be: of a person, a home or a phone. */
export const NAME_MAX_CHARS = 60;

export function isName(text: string): boolean {
    return line(text.trim(), NAME_MAX_CHARS) === undefined;
}

/** From this part of its limit on, a field says how much is left. */
const NEAR = 0.9;

/**
 * What is wrong with a text that may be so long, in words that tell what to do; `missing` where
 * there is none and there has to be one. Counted as the server counts: a browser would cut a text
 * by itself, and counts a bird as two.
 */
export function wrongIn(
    text: string,
    max_chars: number,
    missing?: string,
    check = line,
): string | undefined {
    switch (check(tidy(text), max_chars)) {
        case undefined:
            return undefined;
        case "text_empty":
            return missing;
        case "text_too_long":
            return words.field.tooLong(max_chars);
        default:
            return words.field.hidden;
    }
}

type FormProps = {
    submit: () => void;
    /** How often it was tried: each time, the first wrong field takes the focus. */
    tries: number;
    testId: string;
    children: ComponentChildren;
};

export function Form({ submit, tries, testId, children }: FormProps) {
    const form = useRef<HTMLFormElement>(null);
    useEffect(() => {
        if (tries > 0) form.current?.querySelector<HTMLElement>("[data-wrong]")?.focus();
    }, [tries]);
    return (
        <form
            ref={form}
            class="form"
            noValidate
            data-testid={testId}
            onSubmit={(event) => {
                event.preventDefault();
                submit();
            }}
        >
            {children}
        </form>
    );
}

/** What else the browser should know of a field. */
export type FieldInput = NonNullable<JSX.IntrinsicElements["input"]>;

export type FieldProps = {
    label: string;
    hint?: string;
    wrong: string | undefined;
    value: string;
    change: (value: string) => void;
    testId: string;
    /** How long a text the server takes; the browser is not told, so that it cuts none. */
    max?: number;
    /** So many lines of text, where it may have several. */
    rows?: number;
    input?: FieldInput;
};

export function Field(props: FieldProps) {
    const { label, hint, wrong, value, change, testId, max, rows, input } = props;
    const id = useId();
    const same = {
        id,
        value,
        "data-testid": testId,
        ...told(id, hint, wrong),
        onInput: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value),
    };
    return (
        <div class="field">
            <label for={id}>{label}</label>
            {hint && (
                <p id={`${id}-hint`} class="quiet">
                    {hint}
                </p>
            )}
            {rows === undefined ? (
                <input
                    type="text"
                    autoComplete="off"
                    spellcheck={false}
                    {...input}
                    {...same}
                />
            ) : (
                <textarea rows={rows} {...same} />
            )}
            {max !== undefined && <Left text={value} max={max} />}
            <Wrong id={id} words={wrong} />
        </div>
    );
}

/** How much more fits, once that is little, and how much there is too much: told as one types. */
export function Left({ text, max }: { text: string; max: number }) {
    const count = countChars(tidy(text));
    return (
        <p class={count > max ? "field-left problem" : "field-left quiet"} role="status">
            {count >= max * NEAR && words.message.left(max - count)}
        </p>
    );
}

type ToCopyProps = {
    label: string;
    text: string;
    rows: number;
    testId: string;
    area?: Ref<HTMLTextAreaElement>;
};

/** A text for another app: with the focus it is marked, so that it can be copied by hand. */
export function ToCopy({ label, text, rows, testId, area }: ToCopyProps) {
    return (
        <textarea
            {...(area ? { ref: area } : {})}
            class="link-text"
            readOnly
            rows={rows}
            aria-label={label}
            data-testid={testId}
            value={text}
            onFocus={(event) => event.currentTarget.select()}
        />
    );
}

type ChoicesProps<T extends string> = {
    label: string;
    options: readonly { value: T; label: string; hint?: string }[];
    value: T | undefined;
    wrong: string | undefined;
    change: (value: T) => void;
    testId: string;
};

/** One of a few: all of them are in sight. */
export function Choices<T extends string>(props: ChoicesProps<T>) {
    const { label, options, value, wrong, change, testId } = props;
    const id = useId();
    return (
        <fieldset class="choices" {...(wrong ? { "aria-describedby": `${id}-wrong` } : {})}>
            <legend>{label}</legend>
            {options.map((option, place) => (
                <label key={option.value} class="choice">
                    <input
                        type="radio"
                        name={id}
                        value={option.value}
                        checked={option.value === value}
                        data-testid={`${testId}-${option.value}`}
                        {...(wrong && place === 0 ? { "data-wrong": "" } : {})}
                        onChange={() => change(option.value)}
                    />
                    <span>
                        {option.label}
                        {option.hint && <span class="quiet choice-hint">{option.hint}</span>}
                    </span>
                </label>
            ))}
            <Wrong id={id} words={wrong} />
        </fieldset>
    );
}

type CheckProps = {
    label: string;
    hint?: string;
    wrong?: string | undefined;
    value: boolean;
    change: (value: boolean) => void;
    testId: string;
};

export function Check({ label, hint, wrong, value, change, testId }: CheckProps) {
    const id = useId();
    return (
        <div>
            <label class="choice">
                <input
                    type="checkbox"
                    checked={value}
                    data-testid={testId}
                    {...told(id, undefined, wrong)}
                    onChange={(event) => change(event.currentTarget.checked)}
                />
                <span>
                    {label}
                    {hint && <span class="quiet choice-hint">{hint}</span>}
                </span>
            </label>
            <Wrong id={id} words={wrong} />
        </div>
    );
}

type SelectProps = {
    label: string;
    choose: string;
    options: readonly { value: string; label: string }[];
    value: string;
    wrong: string | undefined;
    change: (value: string) => void;
    testId: string;
};

export function Select(props: SelectProps) {
    const { label, choose, options, value, wrong, change, testId } = props;
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <select
                id={id}
                value={value}
                data-testid={testId}
                {...told(id, undefined, wrong)}
                onChange={(event) => change(event.currentTarget.value)}
            >
                <option value="">{choose}</option>
                {options.map((option) => (
                    <option key={option.value} value={option.value}>
                        {option.label}
                    </option>
                ))}
            </select>
            <Wrong id={id} words={wrong} />
        </div>
    );
}

/** What a screen reader says of a field beside its label. */
function told(id: string, hint: string | undefined, wrong: string | undefined): object {
    const by = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
    return {
        ...(by ? { "aria-describedby": by } : {}),
        ...(wrong ? { "aria-invalid": "true", "data-wrong": "" } : {}),
    };
}

function Wrong({ id, words }: { id: string; words: string | undefined }) {
    return words ? (
        <p id={`${id}-wrong`} class="problem field-wrong" data-testid="wrong">
            {words}
        </p>
    ) : null;
}

/** Why the last try did not work: read out as soon as it is there. */
export function Problem({ words }: { words: string | undefined }) {
    return (
        <p class="problem" role="alert" data-testid="problem">
            {words}
        </p>
    );
}

type ActsProps = { busy: boolean; yes: string; no: string; close: () => void; testId: string };

/** The two ends of a form: do it, or leave it. */
export function Ends({ busy, yes, no, close, testId }: ActsProps) {
    return (
        <div class="form-acts">
            <button type="submit" class="button-main" aria-disabled={busy} data-testid={testId}>
                {yes}
            </button>
            <button type="button" class="button-plain" onClick={close}>
                {no}
            </button>
        </div>
    );
}
