// How large the text is on this phone: it is seen at once, and kept here alone.

import { chooseSize, size, SIZES } from "../../textsize.ts";
import { words } from "../../words/later.ts";
import { Choices } from "../fields.tsx";

export function TextSize() {
    return (
        <Choices
            label={words.text.label}
            options={SIZES.map((value) => ({ value, label: words.text.sizes[value] }))}
            value={size.value}
            wrong={undefined}
            change={chooseSize}
            testId="text"
        />
    );
}
