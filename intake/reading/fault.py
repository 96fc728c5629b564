"""A file that cannot be read, as the reader says it."""

from intake.problem import Problem, Severity


class Unreadable(Exception):
    """The file cannot be read, or not with certainty.

    zh, en:  what is wrong with it, one sentence each.
    remedy:  what to do, in both languages.
    code:    `E-FILE`, or `E-SCHEMA` where its shape is wrong.
    row:     the record at which it ended, where there is one.
    member:  the file inside an archive that is to blame for all of it, where it can be named as a file.
    """

    def __init__(
        self,
        zh: str,
        en: str,
        remedy: str,
        *,
        code: str = "E-FILE",
        row: int | None = None,
        member: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {zh} / {en}")
        self.zh = zh
        self.en = en
        self.remedy = remedy
        self.code = code
        self.row = row
        self.member = member

    def problem(self, name: str) -> Problem:
        """The problem of the file called `name`."""
        return Problem(
            severity=Severity.ERROR,
            code=self.code,
            row=self.row,
            message=f"{name}：{self.zh} / {name}: {self.en}",
            remedy=self.remedy,
        )


def damaged(zh: str = "文件已损坏或不完整，无法读取", en: str = "the file is damaged or incomplete") -> Unreadable:
    """What a file is that does not keep to its own format."""
    return Unreadable(zh, en, "用原始文件重新上传 / Send the original file again.")


def too_large(what_zh: str, what_en: str, *, found: int, limit: int) -> Unreadable:
    """What a file is that would cost more than `limit`."""
    return Unreadable(
        f"{what_zh} {found}，超过上限 {limit}",
        f"{what_en}: {found}, more than the limit of {limit}",
        "删除无关内容，或拆分成几个文件 / Remove what does not belong there, or split the file.",
    )
