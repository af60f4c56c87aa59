"""Files go where their bill goes: to another project, to the bill that takes its place, away with it."""

from budgets.models import Bill, BillFile
from ressio.models import ProjectFile

SUBJECT = "bill"
"""What `ProjectFile.subject_kind` says of a file of a bill; `subject_id` is the bill's."""
LABEL_LENGTH = 200


def label_of(bill: Bill) -> str:
    """What a list of files says that the file belongs to."""
    return str(bill)[:LABEL_LENGTH]


def keep_files_in_step(bill: Bill) -> None:
    """After the bill got another project, vendor or number."""
    own = ProjectFile.objects.filter(subject_kind=SUBJECT, subject_id=str(bill.pk), is_read_only=False)
    own.update(subject_label=label_of(bill), **({"project": bill.project} if bill.project else {}))


def remove_files_with(bill: Bill) -> None:
    """One by one, so that the content of each goes as well."""
    for file in ProjectFile.objects.filter(bill_file__bill=bill):
        file.delete()


def hand_files_over(giver: Bill, taker: Bill) -> None:
    """The document of `giver` is now `taker`: what was fetched of it hangs on the other. Files of ours stay."""
    pulled = giver.files.filter(file__is_read_only=True)
    ProjectFile.objects.filter(bill_file__in=pulled).update(
        subject_id=str(taker.pk), subject_label=label_of(taker)
    )
    pulled.update(bill=taker)


def forget_attachments(bill: Bill) -> None:
    """The bill lost its document: its own files follow it to the next one."""
    BillFile.objects.filter(bill=bill, file__is_read_only=False).update(attachable_ref="")
