"""Sign-offs of unhealthy sources

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "health_signoff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdraws_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_health_signoff_reason")),
        sa.CheckConstraint("who <> ''", name=op.f("ck_health_signoff_who")),
        sa.ForeignKeyConstraint(
            ["withdraws_id"], ["health_signoff.id"], name=op.f("fk_health_signoff_withdraws_id_health_signoff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_signoff")),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_health_signoff_withdraws_id")),
    )
    op.create_index(op.f("ix_health_signoff_source"), "health_signoff", ["source"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_health_signoff_source"), table_name="health_signoff")
    op.drop_table("health_signoff")
